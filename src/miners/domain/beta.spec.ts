import { describe, expect, it } from '@jest/globals';
import { betaCdf, betaQuantile, lnGamma } from './beta.js';

describe('the beta distribution', () => {
  it.each([
    [1, 0],
    [2, 0],
    [5, Math.log(24)],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [101, 363.73937555556349],
  ])('knows ln Γ(%d)', (x, expected) => {
    expect(lnGamma(x)).toBeCloseTo(expected, 10);
  });

  it.each([
    // Beta(1, 1) is uniform; Beta(n, 1) is x^n; Beta(1, n) is 1 - (1 - x)^n; Beta(2, 2) is 3x^2 - 2x^3.
    [0.3, 1, 1, 0.3],
    [0.9, 21, 1, 0.9 ** 21],
    [0.2, 1, 7, 1 - 0.8 ** 7],
    [0.25, 2, 2, 3 * 0.25 ** 2 - 2 * 0.25 ** 3],
    // A sum of binomials: I_0.5(5, 3) = P(at least 5 of 7 heads) = 29 / 128.
    [0.5, 5, 3, 29 / 128],
    [0.5, 500, 500, 0.5],
    [0, 2, 3, 0],
    [1, 2, 3, 1],
  ])('knows the chance of at most %d under Beta(%d, %d)', (x, a, b, expected) => {
    expect(betaCdf(x, a, b)).toBeCloseTo(expected, 10);
  });

  it.each([
    [0.05, 1, 1, 0.05],
    [0.05, 21, 1, 0.05 ** (1 / 21)],
    [0.05, 1, 21, 1 - 0.95 ** (1 / 21)],
    [0.5, 7, 7, 0.5],
  ])('knows the quantile %d of Beta(%d, %d)', (p, a, b, expected) => {
    expect(betaQuantile(p, a, b)).toBeCloseTo(expected, 10);
  });

  it('inverts itself, also for much evidence and for fractions of it', () => {
    for (const [a, b] of [
      [1.4, 3.7],
      [42, 3],
      [10_001, 12],
      [1, 100_000],
    ] as const)
      for (const p of [0.001, 0.05, 0.5, 0.95]) expect(betaCdf(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 8);
  });
});
