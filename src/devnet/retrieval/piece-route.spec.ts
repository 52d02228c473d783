import { describe, expect, it } from '@jest/globals';
import { corrupt } from '../miners/characters.js';
import { rangeOf } from './piece-route.js';

describe('A range of a piece', () => {
  it.each<[string | undefined, ReturnType<typeof rangeOf>]>([
    [undefined, undefined],
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=50-1000', { start: 50, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=9-1', 'unsatisfiable'],
    ['bytes=0-1,5-6', undefined],
    ['lines=0-1', undefined],
  ])('is read from %s', (header, expected) => {
    expect(rangeOf(header, 100)).toEqual(expected);
  });
});

describe('A lie', () => {
  it('has the length of the truth and is the same however the bytes are cut', () => {
    const truth = new Uint8Array(200_000).fill(7);
    const whole = corrupt(truth);
    expect(whole).toHaveLength(truth.length);
    expect(Buffer.compare(whole, truth)).not.toBe(0);
    const cut = Buffer.concat([corrupt(truth.subarray(0, 70_000)), corrupt(truth.subarray(70_000), 70_000)]);
    expect(Buffer.compare(cut, whole)).toBe(0);
  });
});
