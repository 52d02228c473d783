import { describe, expect, it } from '@jest/globals';
import { afterOutcome, averageShare, expectedShare, unmeasured, type Success } from './success.js';

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));
const history = (outcomes: boolean[], at = day(0)): Success =>
  outcomes.reduce<Success>((success, ok) => afterOutcome(success, ok, at), unmeasured);

describe('The decayed success of a miner', () => {
  it('is the plain share while nothing has aged', () => {
    expect(history([true, true, true, false]).share).toBeCloseTo(0.75);
  });

  it('counts what is a week old half', () => {
    const old = history([false, false]);
    const success = afterOutcome(old, true, day(7));
    expect(success.share).toBeCloseTo(0.5);
    expect(success.weight).toBeCloseTo(2);
  });

  it('takes a miner without measurements for an average one', () => {
    expect(expectedShare(unmeasured, 0.8, day(0))).toBeCloseTo(0.8);
  });

  it('does not let one outcome decide', () => {
    expect(expectedShare(history([false]), 0.8, day(0))).toBeCloseTo(0.533, 2);
    expect(expectedShare(history(Array<boolean>(50).fill(false)), 0.8, day(0))).toBeLessThan(0.05);
  });

  it('goes back to the average as measurements fade', () => {
    const bad = history(Array<boolean>(10).fill(false));
    expect(expectedShare(bad, 0.8, day(70))).toBeGreaterThan(0.79);
  });

  it('averages over those that were measured, by what is known of them', () => {
    expect(averageShare([], day(0))).toBe(0.5);
    expect(averageShare([unmeasured, history([true]), history([false, false, false])], day(0))).toBeCloseTo(0.25);
  });
});
