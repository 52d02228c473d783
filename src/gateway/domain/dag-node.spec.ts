import { describe, expect, it } from '@jest/globals';
import { encode } from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { cidOf, DAG_CBOR, DAG_PB, RAW } from '../../ipld/index.js';
import { decodeLinks, decodeNode, followValue } from './dag-node.js';
import { Unreadable } from './gateway.errors.js';

const leaf = cidOf(RAW, Buffer.from('leaf'));

describe('a block that cannot be shown', () => {
  it('is a file whose sizes contradict its links', async () => {
    const data = new UnixFS({ type: 'file', blockSizes: [4n, 4n] }).marshal();
    const bytes = dagPb.encode(dagPb.prepare({ Data: data, Links: [leaf] }));
    await expect(decodeNode(cidOf(DAG_PB, bytes), bytes)).rejects.toThrow(Unreadable);
  });

  it.each([
    ['is no dag-cbor', 'ff'],
    ['ends inside a list', '82'],
  ])('%s', async (_name, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    await expect(followValue(cidOf(DAG_CBOR, bytes), bytes, ['a'])).rejects.toThrow(Unreadable);
  });

  it('links to a CID that carries more than 128 bytes', async () => {
    const bytes = encode([leaf, CID.createV1(RAW, Digest.create(0, new Uint8Array(129)))]);
    await expect(decodeLinks(cidOf(DAG_CBOR, bytes), bytes)).rejects.toThrow(Unreadable);
  });
});

describe('what lies below a block', () => {
  it('is what it links to; bytes that their codec cannot read are a leaf', async () => {
    const bytes = encode({ a: [leaf] });
    const links = await decodeLinks(cidOf(DAG_CBOR, bytes), bytes);
    expect([links.length, String(links.at(0).cid)]).toEqual([1, leaf.toString()]);
    const noise = Buffer.from('ff', 'hex');
    expect(await decodeLinks(cidOf(DAG_CBOR, noise), noise)).toMatchObject({ length: 0 });
  });

  it('is followed by names through values, however deep they lie', async () => {
    const deep = Buffer.concat([Buffer.alloc(500_000, 0x81), encode(leaf)]);
    const cid = cidOf(DAG_CBOR, deep);
    expect(await followValue(cid, deep, ['0', '0'])).toBe('value');
    expect(await followValue(cid, deep, ['1'])).toBe('absent');
    const bytes = encode({ skipped: { deep: [[leaf], 7] }, a: ['text', { to: leaf }] });
    expect(await followValue(cid, bytes, ['a', '1', 'to', 'below'])).toEqual({ cid: leaf, used: 3 });
  });
});
