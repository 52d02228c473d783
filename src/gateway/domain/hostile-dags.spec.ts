import { describe, expect, it, jest } from '@jest/globals';
import { DAG_CBOR, DAG_JSON, DAG_PB } from '../../ipld/index.js';
import * as hostile from '../../../test/support/hostile-dags.js';
import { bytesOf, MemoryBlocks } from '../testing/memory-blocks.js';
import { type DirectoryNode, listMembers } from './directory-listing.js';
import { exportCar } from './export-car.js';
import { type FileNode, readFile } from './read-file.js';
import { findMember, resolvePath } from './resolve-path.js';

// Blocks of megabytes, on a machine that has more to do.
jest.setTimeout(30_000);

const UNREADABLE = { code: 'ERR_UNREADABLE_DAG', status: 422 };

async function opened({ root, blocks }: hostile.Dag, limits: { blocks?: number } = {}) {
  const memory = new MemoryBlocks(blocks, limits);
  return { memory, root, node: await memory.node(root) };
}

async function read(dag: hostile.Dag, range = { start: 0, end: Infinity }, limits: { blocks?: number } = {}) {
  const { memory, root, node } = await opened(dag, limits);
  const file = node as FileNode;
  const bytes = await bytesOf(
    readFile(memory, { cid: root, node: file }, { ...range, end: Math.min(range.end, file.size) }),
  );
  return { bytes, asked: memory.asked.length };
}

async function listed(dag: hostile.Dag): Promise<string[]> {
  const { memory, node } = await opened(dag);
  const names: string[] = [];
  for await (const { name } of listMembers(memory, node as DirectoryNode)) names.push(name);
  return names;
}

describe('sharded directories that are none', () => {
  it.each([0, 1, 2, 3, 4, 255, 2048, 2 ** 31, 2 ** 53 - 1])('of width %d are refused', async (fanout) => {
    const { root, blocks } = hostile.shardOfWidth(fanout);
    await expect(resolvePath(new MemoryBlocks(blocks), root, ['a'])).rejects.toMatchObject(UNREADABLE);
  });

  it.each([8, 256, 1024])('of width %d are read', async (fanout) => {
    const { root, blocks } = hostile.shardOfWidth(fanout);
    await expect(resolvePath(new MemoryBlocks(blocks), root, ['nothing'])).rejects.toMatchObject({ status: 404 });
  });

  it('that have one shard at many places end at the second', async () => {
    await expect(listed(hostile.repeatedShards(6))).rejects.toMatchObject(UNREADABLE);
  });

  it('that are deeper than a hash is long end there', async () => {
    await expect(listed(hostile.repeatedShards(9))).rejects.toMatchObject(UNREADABLE);
    const leaf = hostile.raw(Buffer.from('a'));
    const chain = [hostile.unixfs('shard', [{ name: '00a', cid: leaf.cid }], { fanout: 256 })];
    for (let level = 0; level < 8; level++)
      chain.unshift(hostile.unixfs('shard', [{ name: '00', cid: chain[0]!.cid }], { fanout: 256 }));
    await expect(listed({ root: chain[0]!.cid, blocks: chain })).rejects.toMatchObject(UNREADABLE);
  });

  it('that have files, or blocks that cannot be decoded, for shards are refused', async () => {
    for (const child of [hostile.raw(Buffer.from('a')), hostile.undecodable(DAG_PB, 'a').blocks[0]!]) {
      const links = Array.from({ length: 256 }, (_, at) => ({
        name: at.toString(16).toUpperCase().padStart(2, '0'),
        cid: child.cid,
      }));
      const root = hostile.unixfs('shard', links, { fanout: 256 });
      const dag = { root: root.cid, blocks: [root, child] };
      await expect(listed(dag)).rejects.toMatchObject(UNREADABLE);
      await expect(resolvePath(new MemoryBlocks(dag.blocks), dag.root, ['a'])).rejects.toMatchObject(UNREADABLE);
    }
  });
});

describe('files that cost more than they hold', () => {
  it('with nodes that hold no bytes are read without them', async () => {
    const { bytes, asked } = await read(hostile.zeroSizeTree(12, 100));
    expect([bytes.toString(), asked]).toEqual(['text', 1]);
  });

  it('with nodes that claim bytes and hold none end at the first of them', async () => {
    await expect(read(hostile.lyingTree(8, 50))).rejects.toMatchObject(UNREADABLE);
  });

  it('of 75,000 links give one byte for one block', async () => {
    const { bytes, asked } = await read(hostile.wideRoot(75_000), { start: 5, end: 6 });
    expect([[...bytes], asked]).toEqual([[5], 2]);
  });

  it('of very many small blocks end where a request has read its share, unless what was sent pays for more', async () => {
    await expect(read(hostile.wideRoot(2_000), undefined, { blocks: 1_000 })).rejects.toMatchObject(UNREADABLE);
    const large = hostile.raw(Buffer.alloc(1024));
    const links = Array.from({ length: 2_000 }, () => ({ cid: large.cid }));
    const root = hostile.unixfs('file', links, { sizes: links.map(() => 1024) });
    const memory = new MemoryBlocks([root, large], { blocks: 1_000 });
    const node = (await memory.node(root.cid)) as FileNode;
    const body = memory.counted(readFile(memory, { cid: root.cid, node }, { start: 0, end: node.size }));
    expect(await bytesOf(body)).toHaveLength(2_000 * 1024);
  });

  it('that are deeper than any DAG that can be pinned are refused', async () => {
    await expect(read(hostile.deepChain(1_100))).rejects.toMatchObject(UNREADABLE);
    expect((await read(hostile.deepChain(1_000))).bytes.toString()).toBe('x');
  });
});

/** A search whose first step is the beginning of it. */
async function* searching(memory: MemoryBlocks, node: DirectoryNode): AsyncGenerator<unknown> {
  yield;
  yield await findMember(memory, node, 'nothing');
}

describe('a directory of very many members', () => {
  it('is read and understood once for all who ask at the same time', async () => {
    const { root, blocks } = hostile.wideDirectory(20_000);
    const memory = new MemoryBlocks(blocks);
    const nodes = await Promise.all(Array.from({ length: 20 }, () => memory.node(root)));
    expect([new Set(nodes).size, memory.asked.length]).toEqual([1, 1]);
    const tables = await Promise.all(Array.from({ length: 20 }, () => memory.links(root)));
    expect([new Set(tables).size, memory.asked.length]).toEqual([1, 2]);
  });

  it('is searched for a name beside everybody else', async () => {
    const { root, blocks } = hostile.wideDirectory(20_000);
    const memory = new MemoryBlocks(blocks);
    const node = (await memory.node(root)) as DirectoryNode;
    const pauses = jest.spyOn(memory, 'pause');
    expect(await findMember(memory, node, 'index.html')).toBeNull();
    expect(pauses.mock.calls.length).toBeGreaterThan(5);
    expect((await findMember(memory, node, 'n00019999'))?.cid).toEqual(blocks[1]!.cid);
  });
});

describe('a reader that has gone', () => {
  it('gets no further block', async () => {
    const { root, blocks } = hostile.tinyBlocks(2_000);
    const gone = new AbortController();
    const memory = new MemoryBlocks(blocks, {}, gone.signal);
    const node = (await memory.node(root)) as FileNode;
    const body = readFile(memory, { cid: root, node }, { start: 0, end: node.size });
    await body.next();
    gone.abort(new Error('gone'));
    await expect(bytesOf(body)).rejects.toThrow('gone');
    expect(memory.asked.length).toBeLessThan(100);
  });

  it('is not worked for any more where no block is read either', async () => {
    const cases: [hostile.Dag, (memory: MemoryBlocks, dag: hostile.Dag) => Promise<AsyncGenerator<unknown>>][] = [
      // Each of its links leads to what was sent already.
      [
        hostile.manyLinks(100_000, 'dag-pb'),
        (memory, { root }) =>
          Promise.resolve(exportCar(memory, root, { cid: root, path: [] }, 'all', memory.openSeen())),
      ],
      [
        hostile.wideDirectory(1_000),
        async (memory, { root }) => listMembers(memory, (await memory.node(root)) as DirectoryNode),
      ],
      [
        hostile.wideDirectory(20_000),
        async (memory, { root }) => searching(memory, (await memory.node(root)) as DirectoryNode),
      ],
    ];
    for (const [dag, open] of cases) {
      const gone = new AbortController();
      const work = await open(new MemoryBlocks(dag.blocks, {}, gone.signal), dag);
      await work.next();
      gone.abort(new Error('gone'));
      const rest = async () => {
        while (!(await work.next()).done);
      };
      await expect(rest()).rejects.toThrow('gone');
    }
  });
});

describe('an export of a DAG that is hostile', () => {
  const exported = async ({ root, blocks }: hostile.Dag, limits: { seen?: number } = {}) => {
    const memory = new MemoryBlocks(blocks, limits);
    return bytesOf(exportCar(memory, root, { cid: root, path: [] }, 'all', memory.openSeen()));
  };

  it.each([
    ['nodes without bytes', () => hostile.zeroSizeTree(12, 100)],
    ['repeated shards', () => hostile.repeatedShards(6)],
    ['many links to nothing', () => hostile.manyLinks(200_000, 'dag-pb')],
    ['many links to nothing, in dag-cbor', () => hostile.manyLinks(200_000, 'dag-cbor')],
    ['lists in lists', () => hostile.cborTokens(200_000, 'nested')],
    ['noise', () => hostile.undecodable(DAG_JSON, 'a')],
  ])('has each block once: %s', async (_name, make) => {
    const dag = make();
    expect(await exported(dag)).toHaveLength(hostile.carOf(dag).length);
  });

  it('ends where it has more blocks than can be remembered, or more levels than can be pinned', async () => {
    await expect(exported(hostile.tinyBlocks(200), { seen: 72 * 100 })).rejects.toMatchObject(UNREADABLE);
    await expect(exported(hostile.deepChain(1_100))).rejects.toMatchObject(UNREADABLE);
  });
});

describe('blocks that their codec cannot read', () => {
  it.each([DAG_PB, DAG_CBOR, DAG_JSON])('of codec 0x%s end a path with a 4xx', async (codec) => {
    const { root, blocks } = hostile.undecodable(codec, 'noise');
    const failure: unknown = await resolvePath(new MemoryBlocks(blocks), root, ['a']).catch((error: unknown) => error);
    expect([404, 422, 501]).toContain((failure as { status: number }).status);
  });
});
