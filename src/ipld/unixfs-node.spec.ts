import { describe, expect, it } from '@jest/globals';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import { cidOf } from './block-hash.js';
import { DAG_CBOR, DAG_PB, RAW } from './codecs.js';
import { UnixfsUnsound } from './ipld.errors.js';
import { rootFacts, unixfsNode } from './unixfs-node.js';

type Options = ConstructorParameters<typeof UnixFS>[0];

const leaf = cidOf(RAW, Buffer.from('leaf'));

function block(options: Options, names: readonly string[] = []): [CID, Uint8Array] {
  const links = names.map((Name) => ({ Name, Hash: leaf, Tsize: 4 }));
  const bytes = dagPb.encode(dagPb.prepare({ Data: new UnixFS(options).marshal(), Links: links }));
  return [cidOf(DAG_PB, bytes), bytes];
}

describe('a UnixFS node', () => {
  it('is a file with what is in it and below it', () => {
    const node = unixfsNode(...block({ type: 'file', data: Buffer.from('ab'), blockSizes: [4n, 4n] }, ['', '']));
    if (node.kind !== 'file') throw new Error('it is no file');
    expect(node.size).toBe(10);
    expect([...node.children]).toMatchObject([{ size: 4 }, { size: 4 }]);
    expect(unixfsNode(leaf, Buffer.from('leaf'))).toMatchObject({ kind: 'file', size: 4, children: { length: 0 } });
    expect(unixfsNode(...block({ type: 'raw', data: Buffer.from('abc') }))).toMatchObject({ kind: 'file', size: 3 });
  });

  it('is a directory, or a shard of one with the length of its prefixes', () => {
    const directory = unixfsNode(...block({ type: 'directory' }, ['a', 'b']));
    if (directory.kind !== 'directory') throw new Error('it is no directory');
    expect([...directory.links]).toMatchObject([{ name: 'a', size: 4 }, { name: 'b' }]);
    const shard: Options = { type: 'hamt-sharded-directory', fanout: 256n };
    expect(unixfsNode(...block(shard, ['00a']))).toMatchObject({ kind: 'shard', prefixLength: 2 });
  });

  it('is a symlink: neither a file nor a directory, and nothing that it leads to is in its DAG', () => {
    const symlink = block({ type: 'symlink', data: Buffer.from('../elsewhere') });
    expect(unixfsNode(...symlink)).toEqual({ kind: 'symlink', target: Uint8Array.from(Buffer.from('../elsewhere')) });
    expect(rootFacts(...symlink)).toEqual({ type: 'unknown', size: null });
  });

  it.each<[string, CID, Uint8Array]>([
    ['metadata', ...block({ type: 'metadata' })],
    ['a dag-pb node without data', cidOf(DAG_PB, new Uint8Array()), new Uint8Array()],
    ['bytes that are not dag-pb', cidOf(DAG_PB, Buffer.from('text')), Buffer.from('text')],
    ['another codec', cidOf(DAG_CBOR, Buffer.from([0xa0])), Buffer.from([0xa0])],
  ])('is none in %s', (_name, cid, bytes) => {
    expect(unixfsNode(cid, bytes)).toEqual({ kind: 'other' });
    expect(rootFacts(cid, bytes)).toEqual({ type: 'unknown', size: null });
  });

  it('is unsound when a file has other links than sizes, or an absurd size', () => {
    expect(() => unixfsNode(...block({ type: 'file', blockSizes: [4n] }, ['', '']))).toThrow(UnixfsUnsound);
    const absurd = block({ type: 'file', blockSizes: [2n ** 53n] }, ['']);
    expect(() => unixfsNode(...absurd)).toThrow(UnixfsUnsound);
    expect(rootFacts(...absurd)).toEqual({ type: 'unknown', size: null });
  });
});

describe('what a root says about its DAG', () => {
  it('is the size of a file, and that of a directory only the sum of its blocks', () => {
    expect(rootFacts(leaf, Buffer.from('leaf'))).toEqual({ type: 'file', size: 4 });
    expect(rootFacts(...block({ type: 'file', blockSizes: [4n, 4n] }, ['', '']))).toEqual({ type: 'file', size: 8 });
    expect(rootFacts(...block({ type: 'directory' }))).toEqual({ type: 'directory', size: null });
    expect(rootFacts(...block({ type: 'hamt-sharded-directory', fanout: 256n }))).toEqual({
      type: 'directory',
      size: null,
    });
  });
});
