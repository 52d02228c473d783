import { describe, expect, it } from '@jest/globals';
import { afterOutcome, breakerState, type Breaker } from './breaker.js';

const now = new Date('2026-01-01T00:00:00Z');
const closed: Breaker = { failures: 0, openUntil: null };
const after = (failures: number): Breaker =>
  Array.from({ length: failures }).reduce<Breaker>((breaker) => afterOutcome(breaker, false, now, 60), closed);
const pause = (failures: number) => ((after(failures).openUntil?.getTime() ?? now.getTime()) - now.getTime()) / 1000;

describe('The circuit breaker of a miner', () => {
  it('stays closed for four failures in a row', () => {
    expect(breakerState(after(4), now)).toBe('closed');
  });

  it('opens with the fifth, for twice as long with each further one, up to six hours', () => {
    expect([5, 6, 7, 8, 13, 14, 100].map(pause)).toEqual([60, 120, 240, 480, 15_360, 21_600, 21_600]);
    expect(breakerState(after(5), now)).toBe('open');
  });

  it('is half-open when the pause is over', () => {
    expect(breakerState(after(5), new Date(now.getTime() + 60_000))).toBe('half-open');
  });

  it('closes with one success', () => {
    expect(afterOutcome(after(9), true, now, 60)).toEqual(closed);
  });
});
