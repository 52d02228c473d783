import { describe, expect, it } from '@jest/globals';
import { expiryOf, hashToken, looksLikeToken, newToken } from './api-key.js';

describe('a token', () => {
  it("looks like Estuary's and is never the same", () => {
    const tokens = Array.from({ length: 100 }, newToken);
    expect(tokens.every(looksLikeToken)).toBe(true);
    expect(new Set(tokens).size).toBe(100);
  });

  it('is kept as SHA-256 in base64url without padding', () => {
    expect(hashToken('ESTabcARY')).toBe('TTZjRmPbsmlNyEU0lgnu4QY6TZ_idsWaciVhfofqBos');
  });
});

const now = new Date('2030-01-01T00:00:00Z');
const after = (text: string) => (expiryOf(text, now)?.getTime() ?? NaN) - now.getTime();

describe('the expiry of a key', () => {
  it('is a Go duration from now, with days and weeks besides', () => {
    expect([
      after('720h'),
      after('1h30m'),
      after('1.5h'),
      after('30d'),
      after('2w'),
      after('500ms'),
      after('+720h0m0s'),
      after('1500000us'),
    ]).toEqual([2_592_000_000, 5_400_000, 5_400_000, 2_592_000_000, 1_209_600_000, 500, 2_592_000_000, 1_500]);
  });

  it('is never for false', () => {
    expect(expiryOf('false', now)).toBeNull();
  });

  it('is refused when it is nothing, endless or not a duration', () => {
    for (const text of ['', '0h', '-1h', 'tomorrow', '30', '1y', '99999999999h', '1h 30m', 'true'])
      expect(() => expiryOf(text, now)).toThrow(/expiry/);
  });
});
