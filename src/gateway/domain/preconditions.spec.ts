import { describe, expect, it } from '@jest/globals';
import { allowsRange, matchesAny, parseRange } from './preconditions.js';

describe('a Range header', () => {
  it.each([
    ['bytes=0-9', 0, 10],
    ['bytes=90-', 90, 100],
    ['bytes=90-1000', 90, 100],
    ['bytes=-5', 95, 100],
    ['bytes=-500', 0, 100],
    ['Bytes=1-1', 1, 2],
    [' bytes=0-0 ', 0, 1],
  ])('%s of 100 bytes is %d to %d', (header, start, end) => {
    expect(parseRange(header, 100)).toEqual({ start, end });
  });

  it.each([
    undefined,
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=0-1,5-6',
    'lines=1-2',
    'bytes=a-b',
    'bytes',
    'bytes=1',
  ])('%s is ignored', (header) => {
    expect(parseRange(header, 100)).toBeNull();
  });

  it.each([
    ['bytes=100-', 100],
    ['bytes=100-200', 100],
    ['bytes=99999999999999999999-', 100],
    ['bytes=-0', 100],
    ['bytes=0-', 0],
    ['bytes=-1', 0],
  ])('%s of %d bytes cannot be satisfied', (header, size) => {
    expect(() => parseRange(header, size)).toThrow(expect.objectContaining({ status: 416 }));
  });
});

describe('an entity tag', () => {
  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    [undefined, false],
  ])('If-None-Match %s on "a": %s', (header, matches) => {
    expect(matchesAny(header, '"a"')).toBe(matches);
  });

  it('lets a range through only when If-Range names it exactly', () => {
    expect([
      allowsRange(undefined, '"a"'),
      allowsRange('"a"', '"a"'),
      allowsRange('W/"a"', '"a"'),
      allowsRange('Wed, 21 Oct 2015 07:28:00 GMT', '"a"'),
    ]).toEqual([true, true, false, false]);
  });
});
