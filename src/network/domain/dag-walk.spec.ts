import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import * as hostile from '../../../test/support/hostile-dags.js';
import { BlockMap } from '../testing/block-map.js';
import { walkDag } from './dag-walk.js';

// Blocks of megabytes, on a machine that has more to do.
jest.setTimeout(30_000);

const KIB = 1024;
const never = new AbortController().signal;

/** Loads that end when told to, and a count of the bytes on their way or buffered. */
class Meter {
  current = 0;
  peak = 0;
  loads = 0;

  constructor(private readonly blocks: BlockMap) {}

  load = async (cid: CID): Promise<Uint8Array> => {
    this.loads += 1;
    const bytes = await this.blocks.get(cid);
    this.current += bytes!.length;
    this.peak = Math.max(this.peak, this.current);
    return bytes!;
  };

  taken(bytes: Uint8Array): void {
    this.current -= bytes.length;
  }
}

async function node(blocks: BlockMap, links: CID[]): Promise<CID> {
  const bytes = dagPb.encode(dagPb.prepare({ Links: links.map((Hash) => ({ Hash })) }));
  return blocks.put(CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes);
}

async function leaf(blocks: BlockMap, size: number): Promise<CID> {
  const bytes = randomBytes(size);
  return blocks.put(CID.createV1(raw.code, await sha256.digest(bytes)), bytes);
}

const leaves = (blocks: BlockMap, count: number, size: number) =>
  Promise.all(Array.from({ length: count }, () => leaf(blocks, size)));

describe('the walk over a DAG', () => {
  it('asks for nothing but the root before the second block is wanted', async () => {
    const blocks = new BlockMap();
    const meter = new Meter(blocks);
    const walk = walkDag(await node(blocks, await leaves(blocks, 10, 10)), { load: meter.load, signal: never });
    await walk.next();
    expect(meter.loads).toBe(1);
    await walk.next();
    expect(meter.loads).toBe(11);
    await walk.return(undefined);
  });

  it('keeps to its window however large the DAG is, at any depth', async () => {
    const blocks = new BlockMap();
    const groups = await Promise.all(
      Array.from({ length: 12 }, async () => node(blocks, await leaves(blocks, 40, 64 * KIB))),
    );
    const root = await node(blocks, [await node(blocks, groups.slice(0, 6)), ...groups.slice(6)]);
    const meter = new Meter(blocks);
    let count = 0;
    for await (const block of walkDag(root, { load: meter.load, signal: never, windowBytes: 512 * KIB })) {
      meter.taken(block.bytes);
      count += 1;
    }
    expect(count).toBe(blocks.count);
    expect(meter.peak).toBeLessThan(2.5 * 512 * KIB);
  });

  it('visits what is linked many times once, where a depth-first reader meets it first', async () => {
    const blocks = new BlockMap();
    const [a, b, c] = (await leaves(blocks, 3, 10)) as [CID, CID, CID];
    const inner = await node(blocks, [c, a]);
    const root = await node(blocks, [inner, a, b, c, inner]);
    const seen: CID[] = [];
    for await (const block of walkDag(root, { load: async (cid) => (await blocks.get(cid))!, signal: never }))
      seen.push(block.cid);
    expect(seen.map(String)).toEqual([root, inner, c, a, b].map(String));
  });

  it('ends with the reason when the signal aborts, and hands on what a load throws', async () => {
    const blocks = new BlockMap();
    const root = await node(blocks, await leaves(blocks, 3, 10));
    const stop = new AbortController();
    const walk = walkDag(root, { load: async (cid) => (await blocks.get(cid))!, signal: stop.signal });
    await walk.next();
    stop.abort(new Error('enough'));
    await expect(walk.next()).rejects.toThrow('enough');
    const cut = new AbortController();
    const cutShort = walkDag(root, {
      load: (_, signal) => sleep(10_000, new Uint8Array(), { signal }),
      signal: cut.signal,
    });
    const next = cutShort.next();
    cut.abort(new Error('enough again'));
    await expect(next).rejects.toThrow('enough again');
    const broken = walkDag(root, { load: () => Promise.reject(new Error('line cut')), signal: never });
    await expect(broken.next()).rejects.toThrow('line cut');
  });

  it.each([
    ['half a million links to one block', hostile.manyLinks(512 * KIB, 'dag-pb')],
    ['nothing but lists in lists', hostile.cborTokens(1024 * KIB, 'nested')],
    ['nothing but numbers', hostile.cborTokens(1024 * KIB, 'flat')],
  ])('leaves others their turn in a block that is %s', async (_name, { root, blocks: [first] }) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const seen: string[] = [];
    for await (const { cid } of walkDag(root, { load: () => Promise.resolve(first!.bytes), signal: never }))
      seen.push(cid.toString());
    clearInterval(timer);
    expect(seen).toEqual([root.toString()]);
    expect(turns).toBeGreaterThan(3);
  });

  it('ends where the nodes above one block are too many bytes to keep', async () => {
    const chain = [hostile.raw(Buffer.from('x'))];
    for (let level = 0; level < 40; level++)
      chain.unshift(hostile.unixfs('file', [{ cid: chain[0]!.cid }], { data: Buffer.alloc(4_000 * KIB), sizes: [1] }));
    const blocks = new Map(chain.map(({ cid, bytes }) => [cid.toString(), bytes]));
    const walk = walkDag(chain[0]!.cid, { load: async (cid) => blocks.get(cid.toString())!, signal: never });
    await expect(
      (async () => {
        for await (const block of walk) expect(block.bytes.length).toBeGreaterThan(0);
      })(),
    ).rejects.toMatchObject({ message: expect.stringContaining('above one block') });
  });
});
