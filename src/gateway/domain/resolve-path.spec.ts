import { describe, expect, it } from '@jest/globals';
import * as dagCbor from '@ipld/dag-cbor';
import { cidOf, DAG_CBOR, RAW } from '../../ipld/index.js';
import { buildDag, rawBlock } from '../../retrieval/testing/dag-builder.js';
import { MemoryBlocks } from '../testing/memory-blocks.js';
import { listMembers } from './directory-listing.js';
import { resolvePath } from './resolve-path.js';

describe('a path through directories', () => {
  const files = { 'a/b/c.txt': Buffer.from('c'), 'a/d e.txt': Buffer.from('d') };

  it('leads to the member, and names every CID on the way', async () => {
    const { root, blocks } = await buildDag(files);
    const resolved = await resolvePath(new MemoryBlocks(blocks), root, ['a', 'b', 'c.txt']);
    expect(resolved.node).toMatchObject({ kind: 'file', size: 1 });
    expect(resolved.roots).toHaveLength(4);
    expect(resolved.roots.at(-1)?.equals(cidOf(RAW, Buffer.from('c')))).toBe(true);
  });

  it.each([[['x']], [['a', 'c.txt']], [['a', 'd e.txt', 'below']]])('%j leads nowhere', async (segments) => {
    const { root, blocks } = await buildDag(files);
    await expect(resolvePath(new MemoryBlocks(blocks), root, segments)).rejects.toMatchObject({ status: 404 });
  });

  it('finds members of sharded ones by name, without reading all shards', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `file-${index}.txt`);
    const { root, blocks } = await buildDag(Object.fromEntries(names.map((name) => [name, Buffer.from(name)])), {
      shardAbove: 10,
    });
    const memory = new MemoryBlocks(blocks);
    const { cid, node, path } = await resolvePath(memory, root, ['file-123.txt']);
    expect([Buffer.from(await memory.get(cid)).toString(), node.kind]).toEqual(['file-123.txt', 'file']);
    // The root, and every shard down to the member.
    expect(path.length).toBeGreaterThan(1);
    expect(new Set(memory.asked).size).toBeLessThan(10);
    await expect(resolvePath(memory, root, ['file-300.txt'])).rejects.toMatchObject({ status: 404 });
    await expect(resolvePath(memory, root, ['file-1\\23.txt'])).rejects.toMatchObject({ status: 404 });
    const shard = await resolvePath(memory, root, []);
    if (shard.node.kind !== 'shard') throw new Error('it is no shard');
    const listed: string[] = [];
    for await (const { name } of listMembers(memory, shard.node)) listed.push(name);
    expect(listed.toSorted()).toEqual(names.toSorted());
  });
});

describe('a path through dag-cbor', () => {
  const leaf = rawBlock(Buffer.from('leaf'));
  const bytes = dagCbor.encode({ list: [{ to: leaf.cid }], value: 7, deep: { nothing: null } });
  const root = cidOf(DAG_CBOR, bytes);
  const memory = new MemoryBlocks([{ cid: root, bytes }, leaf]);

  it('passes through maps and lists to a link', async () => {
    const { cid, roots } = await resolvePath(memory, root, ['list', '0', 'to']);
    expect([cid.equals(leaf.cid), roots.length]).toEqual([true, 2]);
  });

  it.each([[['nothing']], [['list', '1']], [['list', '0', 'to', 'below']]])('%j leads nowhere', async (segments) => {
    await expect(resolvePath(memory, root, segments)).rejects.toMatchObject({ status: 404 });
  });

  it.each([[['value']], [['deep', 'nothing']], [['list']]])('%j ends at a value, not at a block', async (segments) => {
    await expect(resolvePath(memory, root, segments)).rejects.toMatchObject({ status: 501 });
  });
});
