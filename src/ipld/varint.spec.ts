import { describe, expect, it } from '@jest/globals';
import { readVarint, varint } from './varint.js';

const EDGES = [
  0,
  1,
  ...[7, 14, 21, 28, 31, 32, 35, 42, 49].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]),
];

/** The specification in the large: seven bits at a time, the lowest first. */
function bySpecification(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

describe('an unsigned varint', () => {
  it.each([...EDGES, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER])('of %d is written and read', (value) => {
    const bytes = varint(value);
    expect([...bytes]).toEqual(bySpecification(value));
    expect(readVarint(bytes)).toEqual({ value, length: bytes.length });
  });

  it('is read wherever it stands, whatever follows', () => {
    for (const value of EDGES) {
      const bytes = Buffer.concat([Buffer.alloc(3, 0xff), varint(value), Buffer.alloc(9, 0xff)]);
      expect(readVarint(bytes, 3)).toEqual({ value, length: varint(value).length });
    }
  });

  it('is not there yet when the bytes end inside it', () => {
    for (const value of EDGES) {
      const bytes = varint(value);
      for (let end = 0; end < bytes.length; end++) expect(readVarint(bytes.subarray(0, end))).toBeNull();
    }
  });

  it.each([
    ['with a zero at its end', [0x80, 0x00]],
    ['with two zeros at its end', [0x80, 0x80, 0x00]],
    ['of 127 in two bytes', [0xff, 0x00]],
    ['of nine bytes', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['of 2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['of 2^56 - 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ])('%s is none', (_name, bytes) => {
    expect(() => readVarint(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  it('is not made of what is no safe integer', () => {
    expect(() => varint(2 ** 53)).toThrow(RangeError);
  });
});
