import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { RAW } from '../../ipld/index.js';
import { DagCompleteness } from './dag-completeness.js';
import { DagSizes } from './dag-sizes.js';

interface Block {
  cid: CID;
  bytes: Uint8Array;
}

const block = (code: number, bytes: Uint8Array): Block => ({
  cid: CID.createV1(code, Digest.create(0x12, hash('sha256', bytes, 'buffer'))),
  bytes,
});
const leaf = (text: string): Block => block(RAW, Buffer.from(text));
const linksTo = (...cids: CID[]): Block =>
  block(dagPb.code, dagPb.encode(dagPb.prepare({ Links: cids.map((Hash) => ({ Name: '', Hash })) })));
const node = (...children: Block[]): Block => linksTo(...children.map(({ cid }) => cid));
const bytesOf = (...blocks: Block[]): number => blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** As an upload tells of them. */
async function sizesOf(blocks: Block[], roots: Block[], sizes = new DagSizes()): Promise<(number | null)[]> {
  const completeness = new DagCompleteness(() => true, sizes);
  for (const { cid, bytes } of blocks) await completeness.add(cid, bytes);
  return sizes.of(roots.map(({ cid }) => cid));
}

describe('what several roots of one CAR hold', () => {
  const [a, b, c] = [leaf('a'), leaf('bb'), leaf('ccc')];
  const [left, right] = [node(a, b), node(b, c)];
  const top = node(left, right);
  const all = [top, left, right, a, b, c];

  it('is the blocks that each leads to, in whatever order they come, and what they share for each of them', async () => {
    const expected = [bytesOf(left, a, b), bytesOf(right, b, c), bytesOf(...all), 3];
    for (const order of [all, all.toReversed(), [b, top, c, right, a, left]])
      expect(await sizesOf(order, [left, right, top, c])).toEqual(expected);
  });

  it('counts a block once, however often it is linked or comes, and nothing that no root leads to', async () => {
    const twice = node(a, a, left, left);
    const blocks = [...all, twice, twice, a, leaf('nobody links to this')];
    expect(await sizesOf(blocks, [twice, a])).toEqual([bytesOf(twice, a, left, b), 1]);
  });

  it('goes through identity CIDs, which hold nothing by themselves', async () => {
    const inner = node(c);
    const carried = CID.createV1(dagPb.code, Digest.create(0, inner.bytes));
    const outer = linksTo(carried);
    expect(await sizesOf([outer, c, { cid: carried, bytes: inner.bytes }], [outer, c])).toEqual([bytesOf(outer, c), 3]);
  });

  it('is not known for a root that lies in its CID, nor where there is too much to be followed', async () => {
    const carried = { cid: CID.createV1(dagPb.code, Digest.create(0, left.bytes)), bytes: left.bytes };
    expect(await sizesOf([a, b, carried], [carried, a])).toEqual([null, 1]);
    for (const little of [new DagSizes(3), new DagSizes(100, 3)])
      expect(await sizesOf(all, [left, a], little)).toEqual([null, null]);
    // Each root is followed anew: a thousand over the same blocks end, too.
    expect(await sizesOf(all, [left, right, top, a], new DagSizes(100, 100, 4))).toEqual([
      bytesOf(left, a, b),
      bytesOf(right, b, c),
      null,
      1,
    ]);
  });
});
