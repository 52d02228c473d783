import { describe, expect, it } from '@jest/globals';
import { hashToken, looksLikeToken, newToken } from './token.js';

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
