import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppLogger } from '../../platform/logging/index.js';
import { minerId } from '../../shared/index.js';
import { isSuspended } from '../domain/miner.js';
import type { Evidence } from '../domain/score.js';
import { InMemoryMinerStore } from '../testing/in-memory-miner-store.js';
import { RecordScore } from './record-score.js';

const id = (n: number) => minerId(`f0${1000 + n}`);

describe('the record of a miner', () => {
  let clock: TestClock;
  let store: InMemoryMinerStore;
  let recordScore: RecordScore;
  const lost = (): Evidence[] => [{ at: clock.now(), dimension: 'keep', successes: 0, failures: 3 }];
  const told = (hourly: Evidence[]) => ({ daily: hourly, hourly, heldDeals: 4 });
  const suspended = async (n: number) => isSuspended((await store.find(id(n)))!, clock.now());

  beforeEach(async () => {
    clock = new TestClock();
    store = new InMemoryMinerStore(clock);
    recordScore = new RecordScore(store, clock, new AppLogger({ level: 'silent', process: 'test' }));
    for (let n = 0; n < 6; n++)
      await store.record({ address: id(n), peerId: null, addresses: [], httpUrl: null, owner: null, worker: null });
  });

  it('is its score, and how many deals it holds', async () => {
    const score = await recordScore.run(id(0), told([]));
    expect(score?.score).toBe(5);
    expect(await store.find(id(0))).toMatchObject({ score: { value: 5, evidence: 0 }, heldDeals: 4, suspended: false });
    expect(await recordScore.run(id(99), told([]))).toBeNull();
  });

  it('suspends a miner by rule, with a reason and an end, and time lifts it', async () => {
    await recordScore.run(id(0), told(lost()));
    expect(await store.find(id(0))).toMatchObject({
      suspendedBy: 'rule',
      suspendedReason: 'automatic: it lost proven deals (3 in 168 h)',
      suspendedSince: clock.now(),
    });
    expect(await suspended(0)).toBe(true);
    clock.advance(168 * 3_600_000);
    expect(await suspended(0)).toBe(false);
  });

  it('does not suspend again for what was judged, also when an operator lifted it', async () => {
    const evidence = lost();
    await recordScore.run(id(0), told(evidence));
    clock.advance(1000);
    await store.unsuspend(id(0));
    await recordScore.run(id(0), told(evidence));
    expect(await suspended(0)).toBe(false);
    clock.advance(3_600_000);
    await recordScore.run(id(0), told([...evidence, ...lost()]));
    expect(await suspended(0)).toBe(true);
  });

  it("leaves an operator's suspension as it is", async () => {
    await store.suspend(id(0), 'a break', null);
    await recordScore.run(id(0), told(lost()));
    expect(await store.find(id(0))).toMatchObject({ suspendedBy: 'operator', suspendedReason: 'a break' });
  });

  it('never suspends more than a third of all by rule', async () => {
    for (let n = 0; n < 6; n++) await recordScore.run(id(n), told(lost()));
    const all = await Promise.all([0, 1, 2, 3, 4, 5].map(suspended));
    expect(all.filter(Boolean)).toHaveLength(2);
  });
});
