import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { flipBitOf } from './support/damage.js';
import { dealsOf } from './support/deals.js';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

let platform: Platform;
interface Wallet {
  /** attoFIL. */
  balance: string;
}
let wallet: Wallet;
/** What is damaged later: in the shared segment, and in a CAR of its own. */
const spoiled: { bytes: Buffer; cid: string; estuaryId: string }[] = [];

beforeAll(async () => {
  // The scrub is never done: damage is found within seconds.
  platform = await Platform.create({ SCRUB_DAYS: '0.00005' });
  await platform.start(600_000);
  wallet = (await platform.devnet<{ wallet: Wallet }>('state')).wallet;
  await platform.devnet('wallet', { balance: '0' });
  // Their deals are made while the tests before theirs run.
  for (const bytes of [randomBytes(2_000), randomBytes(3 * 1024 * 1024 + 5)])
    spoiled.push({ bytes, ...(await platform.upload(bytes)) });
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

describe('the main job', () => {
  it('waits for money, says so, blames no miner, and goes on by itself once there is some', async () => {
    const faults = () =>
      platform.json<{ fault: string; stage: string; paused: boolean; open: boolean }[]>('GET', '/admin/cm/faults');
    const shown = { timeoutMs: 60_000, intervalMs: 100 };
    const waiting = await until(async () => (await faults()).find(({ paused }) => paused), {
      ...shown,
      what: 'deals wait for the wallet',
    });
    expect(waiting).toMatchObject({ fault: 'wallet-funds', stage: 'reserve', open: true });
    for (const { estuaryId } of spoiled) expect((await dealsOf(platform, estuaryId)).live).toBe(0);
    const waits = async () =>
      (await platform.json<{ waiting: { lastError: string | null }[] }>('GET', '/admin/cm/progress')).waiting;
    await until(async () => (await waits()).some(({ lastError }) => lastError?.includes('wallet')), {
      ...shown,
      what: 'a piece says why it waits',
    });
    await platform.devnet('wallet', { balance: wallet.balance });
    await until(async () => (await faults()).every(({ open }) => !open), { ...shown, what: 'deals go on' });
    const miners = await platform.json<{ breaker: { failures: number } }[]>('GET', '/admin/miners');
    expect(miners.filter(({ breaker }) => breaker.failures > 0)).toEqual([]);
  }, 150_000);

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

  it('damage to a CAR on this node is found, repaired from a miner, and told to its owner and the operator', async () => {
    for (const { estuaryId } of spoiled)
      await until(async () => (await dealsOf(platform, estuaryId)).activeMiners.size === 6, {
        timeoutMs: 90_000,
        intervalMs: 100,
        what: 'six distinct miners are active',
      });
    // Nobody reads it: the scrub alone can find it.
    for (const { bytes } of spoiled) await flipBitOf(platform, bytes.subarray(100, 1_000));
    for (const { cid, estuaryId, bytes } of spoiled) {
      const timeline = () =>
        platform.json<{ from: string; to: string; cause: string }[]>('GET', `/content/${estuaryId}/timeline`);
      await until(async () => (await timeline()).at(-1)?.cause === 'brought back by a retrieval', {
        timeoutMs: 60_000,
        intervalMs: 100,
        what: 'it is back',
      });
      expect((await timeline()).slice(-2)).toMatchObject([
        { from: 'stored', to: 'offloaded', cause: expect.stringContaining('damaged') },
        { from: 'offloaded', to: 'stored' },
      ]);
      const answer = await platform.request('GET', `/ipfs/${cid}`, { key: null });
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
      // The retrieval says that it ended after its content is hot.
      const retrieval = () =>
        platform.json<{ id: string; state: string; miner: string }>('GET', `/retrieval/status/${cid}`);
      const { id, miner } = await until(
        async () => {
          const found = await retrieval();
          return found.state === 'stored' && found;
        },
        { timeoutMs: 20_000, intervalMs: 100, what: 'the retrieval has ended' },
      );
      expect(miner).toMatch(/^[ft]0/);
      const { damage } = await platform.json<{ damage: { cid: string }[] }>('GET', '/admin/storage/damage');
      expect(damage.filter((found) => found.cid === cid)).toEqual([
        expect.objectContaining({
          kind: 'damaged',
          outcome: 'retrieved',
          retrieval: expect.objectContaining({ id, miner, state: 'stored' }),
        }),
      ]);
    }
  }, 150_000);

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
