import { describe, expect, it } from '@jest/globals';
import { parseJson, writeJson } from './lossless-json.js';

describe('JSON with long integers', () => {
  it('keeps every digit both ways', () => {
    const text =
      '{"ID":1734567890123456789,"list":[9007199254740993,1],"small":7,"part":1234567890123456.5,"text":":1234567890123456789"}';
    const value = parseJson(text);
    expect(value).toEqual({
      ID: 1734567890123456789n,
      list: [9007199254740993n, 1],
      small: 7,
      part: 1234567890123456.5,
      text: ':1234567890123456789',
    });
    expect(writeJson(value)).toBe(text);
  });
});
