import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { encode as encodePb, prepare } from '@ipld/dag-pb';
import type { CID } from 'multiformats/cid';
import { cidOf, DAG_PB, encodeFileNode, RAW, unixfsNode } from '../../ipld/index.js';
import { buildDag, type BuildOptions } from '../../retrieval/testing/dag-builder.js';
import { until } from '../../../test/support/until.js';
import { bytesOf, MemoryBlocks } from '../testing/memory-blocks.js';
import { type FileNode, readFile } from './read-file.js';

const rootOf = (cid: CID, bytes: Uint8Array) => ({ cid, node: unixfsNode(cid, bytes) as FileNode });

async function file(content: Uint8Array, options?: BuildOptions) {
  const { root, blocks } = await buildDag(content, options);
  const node = rootOf(root, blocks[0]!.bytes);
  return { node, blocks, memory: new MemoryBlocks(blocks) };
}

/** A node of raw leaves that claims what it is told to. */
function nodeOf(leaves: Uint8Array[], blockSizes: number[]) {
  const Links = leaves.map((leaf) => ({ Name: '', Hash: cidOf(RAW, leaf), Tsize: leaf.length }));
  const bytes = encodePb(prepare({ Data: encodeFileNode({ blockSizes }), Links }));
  return { cid: cidOf(DAG_PB, bytes), bytes };
}

describe('the bytes of a file', () => {
  const content = randomBytes(20_000);

  it.each<[string, BuildOptions]>([
    ['balanced', {}],
    ['deep', { chunkBytes: 64, width: 2 }],
    ['with data in nodes', { rawLeaves: false }],
  ])('come in every range: %s', async (_name, options) => {
    const { node, memory } = await file(content, options);
    for (const [start, end] of [
      [0, 20_000],
      [0, 1],
      [1_023, 1_025],
      [5_000, 5_000],
      [19_999, 20_000],
    ] as const)
      expect((await bytesOf(readFile(memory, node, { start, end }))).equals(content.subarray(start, end))).toBe(true);
  });

  it('ask for no block outside of the range', async () => {
    const { node, blocks, memory } = await file(content, { chunkBytes: 1000, width: 174 });
    await bytesOf(readFile(memory, node, { start: 3_000, end: 5_000 }));
    expect(memory.asked).toEqual([blocks[4]!.cid.toString(), blocks[5]!.cid.toString()]);
  });

  it('are read ahead, but never more than a window', async () => {
    const { node, memory } = await file(randomBytes(100_000), { chunkBytes: 1000, width: 174 });
    const reading = readFile(memory, node, { start: 0, end: 100_000 });
    await reading.next();
    await until(() => memory.asked.length > 1);
    expect(memory.asked.length).toBeLessThanOrEqual(33);
    await reading.return(undefined);
  });

  it('end with the block that is missing', async () => {
    const { node, blocks, memory } = await file(content);
    memory.forget(blocks.at(-1)!.cid);
    await expect(bytesOf(readFile(memory, node, { start: 0, end: 20_000 }))).rejects.toMatchObject({ status: 404 });
  });

  it('end where a leaf is not as long as its parent says', async () => {
    const leaf = randomBytes(10);
    const { cid, bytes } = nodeOf([leaf, leaf], [10, 11]);
    const memory = new MemoryBlocks([{ cid: cidOf(RAW, leaf), bytes: leaf }]);
    await expect(bytesOf(readFile(memory, rootOf(cid, bytes), { start: 0, end: 21 }))).rejects.toMatchObject({
      code: 'ERR_UNREADABLE_DAG',
      message: expect.stringContaining('10 bytes'),
    });
  });

  it('end where an inner node is not as long as its parent says, or is no file', async () => {
    const leaf = randomBytes(10);
    const inner = nodeOf([leaf], [10]);
    const directory = (await buildDag({ 'a.txt': leaf })).blocks[0]!;
    for (const child of [inner, directory]) {
      const Links = [{ Name: '', Hash: child.cid, Tsize: 99 }];
      const bytes = encodePb(prepare({ Data: encodeFileNode({ blockSizes: [12] }), Links }));
      const memory = new MemoryBlocks([child]);
      const root = rootOf(cidOf(DAG_PB, bytes), bytes);
      await expect(bytesOf(readFile(memory, root, { start: 0, end: 12 }))).rejects.toMatchObject({
        code: 'ERR_UNREADABLE_DAG',
      });
    }
  });
});
