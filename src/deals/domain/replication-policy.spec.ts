import { describe, expect, it } from '@jest/globals';
import { dealId, minerId } from '../../shared/index.js';
import type { DealRole } from './deal.js';
import type { DealState } from './deal-state.js';
import { pauseAfter, pausedMiners, planSlots } from './replication-policy.js';

const held = (slot: number, state: DealState = 'active', role: DealRole = 'current') => ({
  id: dealId(BigInt(role === 'current' ? slot + 1 : slot + 101)),
  miner: minerId(`t0${slot}`),
  slot,
  role,
  state,
});
const at = (ms: number) => new Date(ms);
const MINUTE = 60_000;

describe('what a piece lacks', () => {
  it('is a deal for every slot without one', () => {
    expect(planSlots(3, [held(1)])).toEqual({
      promote: [],
      open: [
        { slot: 0, role: 'current', renews: null },
        { slot: 2, role: 'current', renews: null },
      ],
    });
    expect(planSlots(2, [held(0), held(1, 'queued')])).toEqual({ promote: [], open: [] });
  });

  it('is a successor for each deal near its end, once', () => {
    expect(planSlots(2, [held(0, 'expiring'), held(1)])).toEqual({
      promote: [],
      open: [{ slot: 0, role: 'renewal', renews: '1' }],
    });
    expect(planSlots(2, [held(0, 'expiring'), held(1), held(0, 'proposed', 'renewal')]).open).toEqual([]);
  });

  it.each(['renewal', 'outgoing'] as const)(
    'is nothing where a deal that is %s can take the place of a lost one',
    (role) => {
      expect(planSlots(1, [held(0, 'published', role)])).toEqual({ promote: ['101'], open: [] });
    },
  );

  it('is nothing beside a deal that replaced another, as long as that one lives', () => {
    expect(planSlots(1, [held(0, 'active'), held(0, 'expiring', 'outgoing')])).toEqual({ promote: [], open: [] });
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
