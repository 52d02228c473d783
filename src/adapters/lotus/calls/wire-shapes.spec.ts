import { describe, expect, it } from '@jest/globals';
import { wireBigInt, wireUint64 } from './wire-shapes.js';

describe('numbers that Lotus answers with', () => {
  it('are whole, or the answer has another shape: nothing is thrown that has no name', () => {
    expect([7, 0, 2n ** 64n - 1n].map((value) => wireUint64.parse(value))).toEqual([7n, 0n, 2n ** 64n - 1n]);
    for (const value of [1.5, 5e-3, 1e300, Infinity, NaN, '7', null, {}])
      expect([value, wireUint64.safeParse(value).success]).toEqual([value, false]);
  });

  it('are decimal where they are text', () => {
    expect(wireBigInt.parse('-12')).toBe(-12n);
    for (const value of ['', '1.5', '0x10', '1e3', ' 1', 5]) expect(wireBigInt.safeParse(value).success).toBe(false);
  });
});
