import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import { minerId, type MinerId } from '../../shared/index.js';
import { InMemoryMinerStore } from '../testing/in-memory-miner-store.js';
import { ask } from '../testing/scripted-ask-source.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { ChooseMiners, type ChoiceWanted } from './choose-miners.js';
import { RecordOutcome } from './record-outcome.js';

const wanted: ChoiceWanted = {
  pieceSize: 1n << 20n,
  verified: false,
  maxPrice: 30_000_000_000n,
  count: 6,
  exclude: [],
};

describe('The choice of miners', () => {
  let store: InMemoryMinerStore;
  let clock: TestClock;
  let outcomes: RecordOutcome;
  const config = (over: Record<string, string> = {}) => AppConfig.parse({ MINERS_BREAKER_SECONDS: '60', ...over });
  const choose = (over: Record<string, string> = {}, seed = 1) =>
    new ChooseMiners(store, new SeededRandom(seed), config(over), clock);
  const id = (n: number): MinerId => minerId(`t0${1000 + n}`);

  async function add(n: number, price = 1_000_000_000n): Promise<MinerId> {
    await store.record({ address: id(n), peerId: '12D3KooW', addresses: [], httpUrl: null, owner: null, worker: null });
    await store.heardAsk(id(n), ask({ price }), clock.now());
    return id(n);
  }
  const fail = async (miner: MinerId, times: number) => {
    for (let i = 0; i < times; i++) await outcomes.run(miner, { ok: false });
  };

  beforeEach(async () => {
    store = new InMemoryMinerStore();
    clock = new TestClock();
    outcomes = new RecordOutcome(store, config(), clock);
    for (let n = 0; n < 10; n++) await add(n);
  });

  it('names as many distinct miners as wanted, each with its ask', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const { chosen } = await choose({}, seed).run(wanted);
      expect(new Set(chosen.map(({ miner }) => miner)).size).toBe(6);
      expect(chosen[0]?.ask.price).toBe(1_000_000_000n);
    }
  });

  it('tells for everybody who does not fit why', async () => {
    await add(20, 40_000_000_000n);
    await store.heardAsk(id(1), ask({ minPieceSize: 1n << 30n }), clock.now());
    await store.heardAsk(id(2), ask({ maxPieceSize: 1n << 10n }), clock.now());
    await store.suspend(id(3), 'loses data', null);
    await store.record({ address: id(21), peerId: null, addresses: [], httpUrl: null, owner: null, worker: null });
    await store.missedAsk(id(21), 'failed to dial', clock.now());
    await fail(id(4), 5);
    const { chosen, unfit } = await choose().run({ ...wanted, exclude: [id(0)], count: 50 });
    const reasons = Object.fromEntries(unfit.map(({ miner, reason }) => [miner, reason]));
    expect(reasons).toEqual({
      [id(0)]: expect.stringContaining('excluded'),
      [id(1)]: expect.stringContaining('no piece below'),
      [id(2)]: expect.stringContaining('no piece above'),
      [id(3)]: 'is suspended: loses data',
      [id(4)]: expect.stringMatching(/failed 5 times in a row and is left alone until 2026/),
      [id(20)]: 'asks 0.00000004 FIL per GiB and epoch, above the cap of 0.00000003',
      [id(21)]: 'never told its price (failed to dial)',
    });
    expect(chosen.map(({ miner }) => miner).sort()).toEqual([id(5), id(6), id(7), id(8), id(9)]);
  });

  it('goes by the verified price for verified deals', async () => {
    expect((await choose().run({ ...wanted, verified: true, maxPrice: 0n })).chosen).toHaveLength(6);
    expect((await choose().run({ ...wanted, maxPrice: 0n })).chosen).toHaveLength(0);
  });

  it('does not trust an ask that was not heard again for long', async () => {
    clock.advance(31 * 60_000);
    const { chosen, unfit } = await choose().run(wanted);
    expect(chosen).toEqual([]);
    expect(unfit[0]?.reason).toContain('has not told its price since');
  });

  it('keeps to the miners that the operator allows', async () => {
    const { chosen } = await choose({ MINERS_ALLOW: `${id(3)},${id(4)}` }).run(wanted);
    expect(chosen.map(({ miner }) => miner).sort()).toEqual([id(3), id(4)]);
  });

  it('forgets a suspension whose time is over', async () => {
    await store.suspend(id(0), 'a break', new Date(clock.now().getTime() + 1000));
    expect((await choose().run({ ...wanted, count: 50 })).chosen).toHaveLength(9);
    clock.advance(1001);
    expect((await choose().run({ ...wanted, count: 50 })).chosen).toHaveLength(10);
  });

  it('follows success over many deals, and still gives everybody a chance', async () => {
    for (let n = 0; n < 5; n++) for (let i = 0; i < 20; i++) await outcomes.run(id(n), { ok: true });
    for (let n = 5; n < 9; n++) for (let i = 0; i < 20; i++) await outcomes.run(id(n), { ok: i % 4 === 0 });
    const first = new Map<MinerId, number>();
    const chooser = choose();
    for (let i = 0; i < 10_000; i++) {
      const miner = (await chooser.run({ ...wanted, count: 1 })).chosen[0]?.miner ?? id(99);
      first.set(miner, (first.get(miner) ?? 0) + 1);
    }
    const good = [0, 1, 2, 3, 4].map((n) => first.get(id(n)) ?? 0);
    const bad = [5, 6, 7, 8].map((n) => first.get(id(n)) ?? 0);
    expect(Math.min(...good)).toBeGreaterThan(5 * Math.max(...bad));
    // A tenth of the draws goes to anybody: one percent to each of ten.
    expect(Math.min(...bad)).toBeGreaterThan(80);
    // Nothing is known of the tenth: it is taken for an average one.
    expect(first.get(id(9))).toBeGreaterThan(Math.max(...bad));
    expect(first.get(id(9))).toBeLessThan(Math.min(...good));
  });

  it('spreads the load: who has deals on their way comes later', async () => {
    const inFlight = new Map([[id(0), 9]]);
    const chooser = choose({ MINERS_EXPLORATION: '0' });
    let chosen = 0;
    for (let i = 0; i < 1000; i++)
      if ((await chooser.run({ ...wanted, count: 1, inFlight })).chosen[0]?.miner === id(0)) chosen += 1;
    expect(chosen).toBeLessThan(30);
  });

  it('leaves a failing miner alone for a minute, then tries it with one deal, then waits twice as long', async () => {
    await fail(id(0), 5);
    const fits = async () => (await choose().run({ ...wanted, count: 50 })).chosen.some(({ miner }) => miner === id(0));
    expect(await fits()).toBe(false);
    clock.advance(60_001);
    expect(await fits()).toBe(true);
    expect(await fits()).toBe(false);
    await fail(id(0), 1);
    clock.advance(61_000);
    expect(await fits()).toBe(false);
    clock.advance(60_000);
    expect(await fits()).toBe(true);
    await outcomes.run(id(0), { ok: true });
    expect(await fits()).toBe(true);
    expect(await fits()).toBe(true);
  });

  it('does not use up the one try of a failing miner when it only rehearses', async () => {
    await fail(id(0), 5);
    clock.advance(61_000);
    const all = { ...wanted, count: 10 };
    for (let i = 0; i < 3; i++) {
      const { chosen } = await choose().run({ ...all, rehearsal: true });
      expect(chosen.map(({ miner }) => miner)).toContain(id(0));
    }
    expect((await choose().run(all)).chosen.map(({ miner }) => miner)).toContain(id(0));
    expect((await choose().run(all)).chosen.map(({ miner }) => miner)).not.toContain(id(0));
    expect((await choose().run({ ...all, rehearsal: true })).chosen.map(({ miner }) => miner)).not.toContain(id(0));
  });

  it('does not hold against a miner what is not its fault', async () => {
    for (const reason of ['protocol-unsupported', 'refused-terms'])
      for (let i = 0; i < 9; i++) await outcomes.run(id(0), { ok: false, reason });
    expect((await store.find(id(0)))?.breaker.failures).toBe(0);
  });
});
