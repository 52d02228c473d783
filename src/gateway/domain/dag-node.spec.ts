import { describe, expect, it } from '@jest/globals';
import { encode } from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { cidOf, DAG_CBOR, DAG_PB, RAW } from '../../ipld/index.js';
import { decodeNode, decodeValue, linksBelow } from './dag-node.js';
import { Unreadable } from './gateway.errors.js';

const leaf = cidOf(RAW, Buffer.from('leaf'));

describe('a block that cannot be shown', () => {
  it('is a file whose sizes contradict its links', () => {
    const data = new UnixFS({ type: 'file', blockSizes: [4n, 4n] }).marshal();
    const bytes = dagPb.encode(dagPb.prepare({ Data: data, Links: [leaf] }));
    expect(() => decodeNode(cidOf(DAG_PB, bytes), bytes)).toThrow(Unreadable);
  });

  it.each([
    ['is no dag-cbor', Buffer.from('ff', 'hex')],
    ['is deeper than its decoder can follow', Buffer.concat([Buffer.alloc(500_000, 0x81), encode(leaf)])],
  ])('%s', (_name, bytes) => {
    expect(() => decodeValue(cidOf(DAG_CBOR, bytes), bytes)).toThrow(Unreadable);
  });

  it('links to a CID that carries more than 128 bytes', () => {
    const bytes = encode([leaf, CID.createV1(RAW, Digest.create(0, new Uint8Array(129)))]);
    expect(() => linksBelow(cidOf(DAG_CBOR, bytes), bytes)).toThrow(Unreadable);
  });
});

describe('what lies below a block', () => {
  it('is what it links to; bytes that their codec cannot read are a leaf', () => {
    const bytes = encode({ a: [leaf] });
    expect(linksBelow(cidOf(DAG_CBOR, bytes), bytes).map(String)).toEqual([leaf.toString()]);
    expect(linksBelow(cidOf(DAG_CBOR, Buffer.from('ff', 'hex')), Buffer.from('ff', 'hex'))).toEqual([]);
    expect(decodeValue(leaf, bytes)).toMatchObject({ a: [expect.anything()] });
  });
});
