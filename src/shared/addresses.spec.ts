import { describe, expect, it } from '@jest/globals';
import { minerId, sameAddress, spelledLike, spellings } from './index.js';

describe('a Filecoin address', () => {
  it('is the same under the letter of either network', () => {
    expect(sameAddress('f01000', 't01000')).toBe(true);
    expect(sameAddress('t1abc', 'f1abc')).toBe(true);
    expect(sameAddress('f01000', 't01001')).toBe(false);
    expect(sameAddress('f01000', 'f11000')).toBe(false);
    expect(sameAddress('fish', 'tish')).toBe(false);
  });

  it('is written with the letter of another one of its network', () => {
    expect(spelledLike(minerId('f01000'), 't0100')).toBe('t01000');
    expect(spelledLike(minerId('t01000'), 't0100')).toBe('t01000');
    expect(spelledLike(minerId('f01000'), '')).toBe('f01000');
    expect(spellings(minerId('t01000'))).toEqual(['t01000', 'f01000']);
  });
});
