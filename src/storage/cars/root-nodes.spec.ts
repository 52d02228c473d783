import { describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { sectionPrefix } from '../../ipld/index.js';
import type { Block } from './car-writer.js';
import { rootNodes, rootNodesReserve } from './root-nodes.js';

const cids = (count: number): CID[] =>
  Array.from({ length: count }, (_, i) => CID.createV1(0x55, Digest.create(0x12, hash('sha256', String(i), 'buffer'))));

async function build(links: CID[]): Promise<{ root: CID; blocks: Block[] }> {
  const nodes = rootNodes(links);
  const blocks: Block[] = [];
  for (;;) {
    const step = await nodes.next();
    if (step.done) return { root: step.value, blocks };
    blocks.push(step.value);
  }
}

/** Every link below the root, in order. */
function leavesOf(root: CID, blocks: Block[]): string[] {
  const byCid = new Map(blocks.map((block) => [block.cid.toString(), block]));
  const walk = (cid: CID): string[] => {
    const block = byCid.get(cid.toString());
    return block ? dagCbor.decode<CID[]>(Buffer.concat(block.parts)).flatMap(walk) : [cid.toString()];
  };
  return walk(root);
}

describe('the root of a CAR that holds several DAGs', () => {
  it.each([1, 2, 100, 19_000, 50_000])('links %i members in order, in nodes under 1 MiB', async (count) => {
    const links = cids(count);
    const { root, blocks } = await build(links);
    expect(blocks.at(-1)?.cid).toEqual(root);
    expect(root.bytes).toHaveLength(36);
    expect(leavesOf(root, blocks)).toEqual(links.map(String));
    for (const { length } of blocks) expect(length).toBeLessThan(1024 * 1024);
    const carBytes = blocks.reduce(
      (sum, block) => sum + sectionPrefix(block.cid, block.length).length + block.length,
      0,
    );
    expect(carBytes).toBeLessThanOrEqual(rootNodesReserve(count, count * 36));
  });

  it('is the same for the same members', async () => {
    expect((await build(cids(500))).root).toEqual((await build(cids(500))).root);
    expect((await build(cids(500).reverse())).root).not.toEqual((await build(cids(500))).root);
  });
});
