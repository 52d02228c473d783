import { beforeEach, describe, expect, it } from '@jest/globals';
import { cidOf, RAW } from '../../ipld/index.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { HotBlockstore } from './hot-blockstore.js';

const [here, away] = [Uint8Array.of(1), Uint8Array.of(2)].map((bytes) => ({ cid: cidOf(RAW, bytes), bytes })) as [
  { cid: ReturnType<typeof cidOf>; bytes: Uint8Array },
  { cid: ReturnType<typeof cidOf>; bytes: Uint8Array },
];

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

describe('the CAR store as Helia sees it', () => {
  let blocks: BlockMap;
  let store: HotBlockstore;
  beforeEach(() => {
    blocks = new BlockMap();
    blocks.put(here.cid, here.bytes);
    store = new HotBlockstore(blocks);
  });

  it('gives what is here, and says by the name that bitswap knows what is not', async () => {
    expect([await store.has(here.cid), await store.has(away.cid)]).toEqual([true, false]);
    expect(await all(store.get(here.cid))).toEqual([here.bytes]);
    await expect(all(store.get(away.cid))).rejects.toMatchObject({ name: 'NotFoundError' });
    const [pair] = await all(store.getMany([here.cid]));
    expect(await all(pair!.bytes as AsyncIterable<Uint8Array>)).toEqual([here.bytes]);
  });

  it('keeps nothing that Helia fetched: who asked for it writes it', async () => {
    expect(await store.put(away.cid)).toBe(away.cid);
    expect(await all(store.putMany([{ cid: away.cid, bytes: away.bytes }]))).toEqual([away.cid]);
    expect(await store.has(away.cid)).toBe(false);
  });

  it('lets Helia delete nothing', async () => {
    await expect(store.delete()).rejects.toThrow('only read');
    await expect(all(store.deleteMany())).rejects.toThrow('only read');
    await expect(all(store.getAll())).rejects.toThrow('only read');
    expect(blocks.count).toBe(1);
  });
});
