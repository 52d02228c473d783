import { describe, expect, it } from '@jest/globals';
import { countedBytes, countedShares } from './counted-bytes.js';

const MIB = 1024 * 1024;

describe('what a DAG counts for', () => {
  it('is the size of a file whose tree adds next to nothing', () => {
    expect(countedBytes(3 * MIB, 3 * MIB + 170)).toBe(3 * MIB);
    expect(countedBytes(100, 100)).toBe(100);
    expect(countedBytes(0, 0)).toBe(0);
  });

  it('is what is held when the root claims less, or says nothing', () => {
    expect(countedBytes(0, 12 * MIB)).toBe(12 * MIB);
    expect(countedBytes(11 * MIB, 12 * MIB)).toBe(12 * MIB);
    expect(countedBytes(0, 1)).toBe(1);
    expect(countedBytes(null, 500)).toBe(500);
  });

  it('is what is held when the root claims more: equal chunks are stored once', () => {
    expect(countedBytes(10 * MIB, MIB + 600)).toBe(MIB + 600);
  });
});

describe('what the roots of one CAR count for', () => {
  it('is the size of each, when these cover what is held', () => {
    expect(countedShares([1000, 1000], 2000)).toEqual([1000, 1000]);
    expect(countedShares([3 * MIB], 3 * MIB + 170)).toEqual([3 * MIB]);
  });

  it.each([
    [[1, 1], 12 * MIB],
    [[0, 0, 0], 12 * MIB],
    [[null, 1], 12 * MIB],
    [[null, null, null], 1000],
    [[20 * MIB, 20 * MIB], 12 * MIB],
    [[0, 13 * MIB], 12 * MIB],
  ])('is together what is held, whatever they claim: %j of %i', (sizes, held) => {
    expect(countedShares(sizes, held).reduce((sum, share) => sum + share, 0)).toBe(held);
    expect(countedShares(sizes, held).every((share) => share >= 0 && Number.isInteger(share))).toBe(true);
  });

  it('falls to those that claim nothing, and else to the first', () => {
    expect(countedShares([null, 10, null], 111)).toEqual([51, 10, 50]);
    expect(countedShares([1, 1], 100)).toEqual([99, 1]);
  });
});
