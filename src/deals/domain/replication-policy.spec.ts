import { describe, expect, it } from '@jest/globals';
import { dealId, minerId } from '../../shared/index.js';
import type { DealState } from './deal-state.js';
import { pauseAfter, pausedMiners, planSlots } from './replication-policy.js';

const held = (slot: number, state: DealState = 'active') => ({
  id: dealId(BigInt(slot + 1)),
  miner: minerId(`t0${slot}`),
  slot,
  state,
});
const at = (ms: number) => new Date(ms);
const MINUTE = 60_000;

describe('what a piece lacks', () => {
  it('is a deal for every slot without one', () => {
    expect(planSlots(3, [held(1)])).toEqual({
      promote: [],
      open: [
        { slot: 0, renews: null },
        { slot: 2, renews: null },
      ],
    });
    expect(planSlots(2, [held(0), held(1, 'queued')])).toEqual({ promote: [], open: [] });
  });

  it('is a successor for each deal near its end, once', () => {
    expect(planSlots(2, [held(0, 'expiring'), held(1)])).toEqual({ promote: [], open: [{ slot: 100, renews: '1' }] });
    expect(planSlots(2, [held(0, 'expiring'), held(1), held(100, 'proposed')]).open).toEqual([]);
  });

  it('is nothing where a successor can take the place of a lost one', () => {
    expect(planSlots(1, [held(100, 'published')])).toEqual({ promote: [{ id: '101', slot: 0 }], open: [] });
  });
});

describe('miners that failed a piece', () => {
  const miner = minerId('t01');
  const failed = (times: number, reason: 'transfer-failed' | 'refused-price') =>
    Array.from({ length: times }, () => ({ miner, reason, at: at(0) }));

  it('are left alone twice as long after each failure', () => {
    expect(pausedMiners(failed(1, 'transfer-failed'), at(MINUTE - 1)).has(miner)).toBe(true);
    expect(pausedMiners(failed(1, 'transfer-failed'), at(MINUTE)).has(miner)).toBe(false);
    expect(pausedMiners(failed(3, 'transfer-failed'), at(4 * MINUTE - 1)).has(miner)).toBe(true);
    expect(pausedMiners(failed(60, 'transfer-failed'), at(25 * 60 * MINUTE)).has(miner)).toBe(false);
  });

  it('are left alone for a week when they refused for a reason that stays', () => {
    expect(pausedMiners(failed(1, 'refused-price'), at(6 * 24 * 60 * MINUTE)).has(miner)).toBe(true);
    expect(pausedMiners(failed(1, 'refused-price'), at(8 * 24 * 60 * MINUTE)).has(miner)).toBe(false);
  });
});

it('work that fails is tried ever less often, and never given up', () => {
  expect([1, 2, 3, 10, 1_000_000].map((attempts) => pauseAfter(attempts, 5_000, 600_000))).toEqual([
    5_000, 10_000, 20_000, 600_000, 600_000,
  ]);
});
