import { describe, expect, it } from '@jest/globals';
import { isFreshHead } from './fresh-head.js';

describe('a head', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  const head = (height: number, secondsAgo: number) => ({ height, timestamp: now.getTime() / 1000 - secondsAgo });

  it('is fresh while its block is of the last minutes', () => {
    expect(isFreshHead(head(100, 0), 100, now)).toBe(true);
    expect(isFreshHead(head(100, 299), 100, now)).toBe(true);
    expect(isFreshHead(head(100, 301), 100, now)).toBe(false);
    expect(isFreshHead(head(100, -301), 100, now)).toBe(false);
  });

  it('is not when the node showed a much higher one before: it was restored', () => {
    expect(isFreshHead(head(90, 0), 100, now)).toBe(true);
    expect(isFreshHead(head(79, 0), 100, now)).toBe(false);
  });
});
