import { describe, expect, it } from '@jest/globals';
import { sayStates, slotStates, slotStatesInOrder } from './slots';

const now = Date.parse('2026-01-01T00:00:00Z');
const deal = (slot: number, state: string, live = true, endAt: string | null = null) => ({ slot, state, live, endAt });

describe('six dots', () => {
  it('are empty without deals', () => {
    expect(slotStates([], 6, now)).toEqual(['empty', 'empty', 'empty', 'empty', 'empty', 'empty']);
  });

  it('show the best deal of each slot', () => {
    const deals = [
      deal(0, 'active'),
      deal(0, 'failed', false),
      deal(1, 'transferring'),
      deal(1, 'rejected', false),
      deal(2, 'failed', false),
      deal(3, 'ended', false),
      deal(4, 'active', true, '2026-01-02T00:00:00Z'),
      deal(5, 'active', true, '2027-01-01T00:00:00Z'),
    ];
    expect(slotStates(deals, 6, now)).toEqual(['active', 'moving', 'failed', 'empty', 'expiring', 'active']);
  });

  it('leave out deals beside the six, renewals above all', () => {
    expect(slotStates([deal(100, 'proposed'), deal(0, 'active')], 2, now)).toEqual(['active', 'empty']);
  });

  it('take public deals in their order', () => {
    expect(slotStatesInOrder([{ state: 'active', live: true }], 3, now)).toEqual(['active', 'empty', 'empty']);
  });

  it('say themselves in words', () => {
    expect(sayStates(['active', 'active', 'moving', 'empty', 'failed', 'expiring'])).toBe(
      '2 of 6 active, 1 expiring, 1 in progress, 1 failed, 1 without a deal',
    );
  });
});
