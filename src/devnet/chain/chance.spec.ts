import { describe, expect, it } from '@jest/globals';
import { Chance } from './chance.js';

describe('What is left to chance', () => {
  const chance = new Chance('seed');

  it('follows from the seed and what is asked about, and from nothing else', () => {
    expect(chance.of('a', 1)).toBe(new Chance('seed').of('a', 1));
    expect(chance.of('a', 1)).not.toBe(chance.of('a', 2));
    expect(chance.of('a', 1)).not.toBe(new Chance('other').of('a', 1));
  });

  it('is spread over its range, both ends included', () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 6_000; n++) {
      const value = chance.between(3, 8, 'die', n);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([3, 4, 5, 6, 7, 8]);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  });

  it('shuffles without losing anything, the same each time', () => {
    const items = Array.from({ length: 50 }, (_, n) => n);
    const shuffled = chance.shuffled(items, 'x');
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
    expect(chance.shuffled(items, 'x')).toEqual(shuffled);
  });
});
