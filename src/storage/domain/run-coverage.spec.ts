import { describe, expect, it } from '@jest/globals';
import { coverage, coveredBytes, movedOffset, uncovered } from './run-coverage.js';

const at = (offset: number, length: number) => ({ offset, length });

describe('stretches of a CAR', () => {
  it('join where they touch or overlap', () => {
    expect(coverage([at(100, 50), at(0, 10), at(10, 5), at(120, 10), at(150, 1)])).toEqual([at(0, 15), at(100, 51)]);
    expect(coveredBytes([at(0, 10), at(5, 10), at(0, 10)])).toBe(15);
  });

  it('are dead only where nobody else covers them', () => {
    expect(uncovered([at(0, 100)], [])).toEqual([at(0, 100)]);
    expect(uncovered([at(0, 100)], [at(0, 100)])).toEqual([]);
    expect(uncovered([at(0, 100)], [at(20, 10), at(90, 50)])).toEqual([at(0, 20), at(30, 60)]);
    expect(uncovered([at(10, 10)], [at(0, 5), at(25, 5)])).toEqual([at(10, 10)]);
  });

  it('keep their order when a compaction moves them together', () => {
    const live = [at(59, 41), at(200, 100), at(1000, 5)];
    expect([59, 80, 200, 299, 1000].map((offset) => movedOffset(live, offset, 59))).toEqual([59, 80, 100, 199, 200]);
    expect(() => movedOffset(live, 150, 59)).toThrow(RangeError);
  });
});
