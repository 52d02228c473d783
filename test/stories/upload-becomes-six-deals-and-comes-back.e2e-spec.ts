import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dealsOf } from './support/deals.js';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

let platform: Platform;

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

describe('the main job', () => {
  it('a 1 KiB file has six active deals with six miners within a minute, is offloaded, and comes back from a miner', async () => {
    const bytes = randomBytes(1024);
    const { cid, estuaryId } = await platform.upload(bytes, 'small.bin');
    expect(
      Buffer.from(await (await platform.request('GET', `/ipfs/${cid}`, { key: null })).arrayBuffer()).equals(bytes),
    ).toBe(true);

    await until(async () => (await dealsOf(platform, estuaryId)).activeMiners.size === 6, {
      timeoutMs: 60_000,
      intervalMs: 100,
      what: 'six distinct miners are active',
    });
    expect((await dealsOf(platform, estuaryId)).live).toBe(6);

    await platform.json('POST', `/admin/cm/offload/${estuaryId}`);
    expect(await platform.json('GET', `/content/${estuaryId}`)).toMatchObject({ state: 'offloaded' });

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => platform.request('GET', `/ipfs/${cid}`, { key: null })),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    }
    await until(
      async () => (await platform.json<{ state: string }>('GET', `/content/${estuaryId}`)).state === 'stored',
      { timeoutMs: 20_000, intervalMs: 100, what: 'the content is hot again' },
    );
    const retrievals = async () =>
      (await platform.json<{ cid: string; state: string; miner: string | null }[]>('GET', '/retrievals')).filter(
        (row) => row.cid === cid,
      );
    await until(async () => (await retrievals()).every((row) => row.state === 'stored'), {
      timeoutMs: 10_000,
      intervalMs: 100,
      what: 'the retrieval has ended',
    });
    const ofThisRoot = await retrievals();
    expect(ofThisRoot).toHaveLength(1);
    expect(ofThisRoot[0]).toMatchObject({ state: 'stored', miner: expect.stringMatching(/^[ft]0/) });
  }, 150_000);

  it('a file over several chunks keeps its bytes through deals, offload and two ranges of the returned copy', async () => {
    const bytes = randomBytes(5 * 1024 * 1024 + 17);
    const { cid, estuaryId } = await platform.upload(bytes, 'large.bin');
    await until(async () => (await dealsOf(platform, estuaryId)).activeMiners.size === 6, {
      timeoutMs: 90_000,
      intervalMs: 100,
      what: 'six distinct miners are active',
    });
    await platform.json('POST', `/admin/cm/offload/${estuaryId}`);
    const whole = await platform.request('GET', `/ipfs/${cid}`, { key: null });
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const range = await platform.request('GET', `/ipfs/${cid}`, {
      key: null,
      headers: { range: 'bytes=1048570-1048590' },
    });
    expect(range.status).toBe(206);
    expect(Buffer.from(await range.arrayBuffer()).equals(bytes.subarray(1048570, 1048591))).toBe(true);
    const tail = await platform.request('GET', `/ipfs/${cid}`, { key: null, headers: { range: 'bytes=-5' } });
    expect(Buffer.from(await tail.arrayBuffer()).equals(bytes.subarray(-5))).toBe(true);
  }, 180_000);

  it('the miners of all this have measurements, and the bytes that left are on record', async () => {
    const miners = await platform.json<{ addr: string }[]>('GET', '/public/miners');
    expect(miners.length).toBeGreaterThanOrEqual(10);
    const stats = await Promise.all(
      miners.map((miner) =>
        platform.json<{
          dealCount: number;
          figures: { sealMs: number | null; byKind: Record<string, { ok: number }> };
        }>('GET', `/public/miners/stats/${miner.addr}`),
      ),
    );
    expect(stats.filter((miner) => (miner.figures.byKind['seal']?.ok ?? 0) > 0).length).toBeGreaterThanOrEqual(6);
    expect(stats.some((miner) => (miner.figures.byKind['retrieval']?.ok ?? 0) > 0)).toBe(true);
    await until(
      async () =>
        (await platform.json<{ bytesOut: number }>('GET', '/public/stats')).bytesOut >= 5 * 1024 * 1024 + 17 + 1024,
      { timeoutMs: 5_000, intervalMs: 100, what: 'the egress is on record' },
    );
  }, 60_000);

  it('identical content is stored once and referenced twice, and goes with its last reference', async () => {
    const bytes = randomBytes(2 * 1024 * 1024);
    const first = await platform.upload(bytes, 'once.bin');
    const second = await platform.upload(bytes, 'twice.bin');
    expect(second.cid).toBe(first.cid);
    expect(second.estuaryId).not.toBe(first.estuaryId);
    expect(await platform.json('DELETE', `/content/${first.estuaryId}`)).toMatchObject({ freedBytes: 0 });
    expect((await platform.request('GET', `/ipfs/${first.cid}`, { key: null })).status).toBe(200);
    const last = await platform.json<{ freedBytes: number }>('DELETE', `/content/${second.estuaryId}`);
    expect(last.freedBytes).toBeGreaterThanOrEqual(bytes.length);
  }, 30_000);
});
