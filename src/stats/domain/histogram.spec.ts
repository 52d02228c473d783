import { describe, expect, it } from '@jest/globals';
import { addHistograms, bucketOf, countOf, type Histogram, histogramOf, percentile } from './histogram.js';

const of = (values: readonly number[]) => values.map(histogramOf).reduce(addHistograms, [] as Histogram);
const extremes = (values: readonly number[]) => ({ min: Math.min(...values), max: Math.max(...values) });

describe('a histogram', () => {
  it.each([
    [0, 0],
    [0.9, 0],
    [-5, 0],
    [Number.NaN, 0],
    [1, 1],
    [2, 5],
    [4, 9],
    [1024, 41],
    [Number.MAX_VALUE, 209],
  ])('puts %d into bucket %d, today and in every row ever written', (value, bucket) => {
    expect(bucketOf(value)).toBe(bucket);
  });

  it('is the same in whatever order and grouping parts of it are added', () => {
    const values = [1, 5, 5, 900, 70_000, 0];
    const together = of(values);
    expect(addHistograms(of(values.slice(3)), of(values.slice(0, 3)))).toEqual(together);
    expect(of(values.toReversed())).toEqual(together);
    expect(countOf(together)).toBe(6);
  });

  it('tells percentiles within the width of a bucket', () => {
    // Every value from 1 to e^12 on a logarithmic scale, in no order.
    const values = Array.from({ length: 5000 }, (_, n) => Math.ceil(Math.exp((((n * 2741) % 5000) / 5000) * 12)));
    const sorted = values.toSorted((a, b) => a - b);
    const counts = of(values);
    for (const share of [0.1, 0.5, 0.9, 0.95]) {
      const exact = sorted[Math.ceil(share * values.length) - 1] as number;
      const told = percentile(counts, share, extremes(values)) as number;
      expect(Math.abs(told - exact) / exact).toBeLessThan(0.2);
    }
  });

  it('is exact where all values are alike, and never outside of what was seen', () => {
    expect(percentile(of([300]), 0.5, { min: 300, max: 300 })).toBe(300);
    expect(percentile(of([300, 310]), 0.99, { min: 300, max: 310 })).toBeLessThanOrEqual(310);
    expect(percentile(of([0, 0]), 0.9, { min: 0, max: 0 })).toBe(0);
    expect(percentile([], 0.5, { min: 0, max: 0 })).toBeNull();
  });
});
