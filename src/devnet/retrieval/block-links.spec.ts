import { describe, expect, it } from '@jest/globals';
import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import { code as RAW } from 'multiformats/codecs/raw';
import * as Digest from 'multiformats/hashes/digest';
import { sha256 } from 'multiformats/hashes/sha2';
import { identityBytes, linksInScope, linksOf } from './block-links.js';

const leaf = (name: string) => CID.createV1(RAW, Digest.create(sha256.code, Buffer.alloc(32, name)));
const [a, b] = [leaf('a'), leaf('b')];
const node = (code: number) => CID.createV1(code, Digest.create(sha256.code, Buffer.alloc(32, 'n')));
const unixfs = (type: 'file' | 'directory') =>
  dagPb.encode(
    dagPb.prepare({ Data: new UnixFS({ type, blockSizes: type === 'file' ? [1n, 1n] : [] }).marshal(), Links: [a, b] }),
  );

describe('The links of a block', () => {
  it('are those of dag-pb and dag-cbor, in order; other codecs have none here', () => {
    expect(linksOf(node(dagPb.code), unixfs('file')).map(String)).toEqual([a, b].map(String));
    expect(linksOf(node(dagCbor.code), dagCbor.encode({ x: [b, { y: a }] })).map(String)).toEqual([b, a].map(String));
    expect(linksOf(a, Buffer.from('raw'))).toEqual([]);
  });

  it('in a scope: none for the block, all of a file, none of a directory that is only listed', () => {
    const file = (scope: 'block' | 'entity' | 'all') => linksInScope(node(dagPb.code), unixfs('file'), scope).length;
    const directory = (scope: 'entity' | 'all') => linksInScope(node(dagPb.code), unixfs('directory'), scope).length;
    expect([file('block'), file('entity'), file('all')]).toEqual([0, 2, 2]);
    expect([directory('entity'), directory('all')]).toEqual([0, 2]);
  });

  it('that carry their bytes give them', () => {
    expect(identityBytes(CID.createV1(RAW, Digest.create(0, Buffer.from('x'))))).toEqual(Uint8Array.from([0x78]));
    expect(identityBytes(a)).toBeUndefined();
  });
});
