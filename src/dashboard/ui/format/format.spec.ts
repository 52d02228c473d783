import { describe, expect, it } from '@jest/globals';
import { formatBytes } from './bytes';
import { formatCount, formatFil, formatShare } from './fil';
import { looksLikeCid, looksLikeMiner, shortId } from './ids';
import { formatDuration, relativeTime } from './time';

describe('what the pages show', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [4_200_000, '4.01 MiB'],
    ['68719476736', '64 GiB'],
    [null, '–'],
    ['x', '–'],
  ])('bytes in binary units: %p is %p', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    ['0', '0 FIL'],
    ['1', '0.000000000000000001 FIL'],
    ['642261752640', '0.000000642261 FIL'],
    ['1500000000000000000', '1.5 FIL'],
    ['100000000000000000000000', '100,000 FIL'],
    ['1234567890123456789012', '1,234.56 FIL'],
    ['1234567890000000000000000000', '1,234,567,890 FIL'],
    ['-2500000000000000000', '-2.5 FIL'],
    [null, '–'],
    ['1.5', '–'],
  ])('attoFIL with at most six digits: %p is %p', (atto, text) => {
    expect(formatFil(atto)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [59_999, '59 s'],
    [90_000, '1 min'],
    [3_600_000 * 25, '1 d'],
    [86_400_000 * 400, '1 y'],
    [null, '–'],
  ])('a duration by its largest unit: %p is %p', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('times from here, before and after', () => {
    const now = Date.parse('2026-01-01T00:10:00Z');
    expect(relativeTime('2026-01-01T00:05:00Z', now)).toBe('5 min ago');
    expect(relativeTime('2026-01-04T00:10:00Z', now)).toBe('in 3 d');
    expect(relativeTime('2026-01-01T00:10:00Z', now)).toBe('now');
    expect([relativeTime(null, now), relativeTime('never', now)]).toEqual(['–', '–']);
  });

  it('shares in percent and counts in groups', () => {
    expect([formatShare(1), formatShare(0.256), formatShare(0), formatShare(null)]).toEqual([
      '100 %',
      '25.6 %',
      '0 %',
      '–',
    ]);
    expect([formatCount(1_204), formatCount('7'), formatCount(undefined)]).toEqual(['1,204', '7', '–']);
  });

  it('long ids by head and tail, short ones whole', () => {
    expect(shortId('bafybeic4rmn26efa3x4kdvnardvctsaoiivdaccddiswdb5ejg3ektcocq')).toBe('bafybei…cocq');
    expect(shortId('t01000')).toBe('t01000');
  });

  it('tells CIDs and miners from other words', () => {
    expect(['bafybeic4rmn26efa3x4kd', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'].map(looksLikeCid)).toEqual([
      true,
      true,
    ]);
    expect(['holiday photos', 'b', '', 'thesis.pdf'].map(looksLikeCid)).toEqual([false, false, false, false]);
    expect(['f01000', 't01', 'f1abc', '01000'].map(looksLikeMiner)).toEqual([true, true, false, false]);
  });
});
