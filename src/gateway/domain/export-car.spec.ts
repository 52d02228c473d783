import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { CarReader } from '@ipld/car';
import { CID } from 'multiformats/cid';
import { buildDag, type BuiltDag } from '../../retrieval/testing/dag-builder.js';
import { bytesOf, MemoryBlocks } from '../testing/memory-blocks.js';
import { exportCar } from './export-car.js';
import type { DagScope } from './gateway-request.js';
import { resolvePath } from './resolve-path.js';

describe('a CAR of what a path leads to', () => {
  let dag: BuiltDag;
  beforeAll(async () => {
    dag = await buildDag({ 'a/one.bin': randomBytes(5_000), 'a/two.bin': randomBytes(10), 'b.txt': Buffer.from('b') });
  });

  async function cidsOf(segments: string[], scope: DagScope): Promise<string[]> {
    const memory = new MemoryBlocks(dag.blocks);
    const target = await resolvePath(memory, dag.root, segments);
    const car = await CarReader.fromBytes(await bytesOf(exportCar(memory, dag.root, target, scope, memory.openSeen())));
    expect((await car.getRoots()).map(String)).toEqual([dag.root.toString()]);
    const cids: string[] = [];
    for await (const { cid, bytes } of car.blocks()) {
      expect(dag.blocks.find((block) => block.cid.equals(cid))?.bytes).toEqual(bytes);
      cids.push(cid.toString());
    }
    return cids;
  }

  it('holds the whole DAG depth first, each block once', async () => {
    expect(await cidsOf([], 'all')).toEqual(dag.blocks.map(({ cid }) => cid.toString()));
  });

  it('holds the blocks of the path before the target, so that a reader can check it from the root', async () => {
    const [root, folder] = dag.blocks.map(({ cid }) => cid.toString());
    const below = await cidsOf(['a', 'one.bin'], 'all');
    expect(below.slice(0, 2)).toEqual([root, folder]);
    expect(below.length).toBeGreaterThan(5);
    expect(below.length).toBeLessThan(dag.blocks.length);
  });

  it('of an entity holds all of a file, and of a directory what lists it', async () => {
    expect(await cidsOf(['a', 'one.bin'], 'entity')).toEqual(await cidsOf(['a', 'one.bin'], 'all'));
    expect(await cidsOf(['a'], 'entity')).toHaveLength(2);
  });

  it('of a block holds the path alone', async () => {
    expect(await cidsOf(['a', 'one.bin'], 'block')).toHaveLength(3);
  });

  it('leaves identity blocks out', async () => {
    const empty = CID.parse('bafkqaaa');
    const memory = new MemoryBlocks([]);
    const target = await resolvePath(memory, empty, []);
    const car = await CarReader.fromBytes(await bytesOf(exportCar(memory, empty, target, 'all', memory.openSeen())));
    expect((await car.getRoots()).map(String)).toEqual(['bafkqaaa']);
    for await (const { cid } of car.blocks()) throw new Error(`${cid.toString()} is in it`);
  });
});
