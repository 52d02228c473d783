import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseInput } from './parse-input.js';

describe('input', () => {
  it('is what the schema says, or names each wrong field without its value', () => {
    const schema = z.object({ n: z.coerce.number(), name: z.string() });
    expect(parseInput(schema, { n: '3', name: 'x' })).toEqual({ n: 3, name: 'x' });
    expect(() => parseInput(schema, { n: 'secret' })).toThrow(/^n: .*; name: /);
    expect(() => parseInput(schema, { n: 'secret' })).not.toThrow('secret');
  });

  it('that a strict schema does not know is named, each one', () => {
    const schema = z.strictObject({ replication: z.string().optional() });
    expect(() => parseInput(schema, { replicaton: '2', x: '1' })).toThrow(/^replicaton: is not known here.*; x: /);
    expect(() => parseInput(schema, { ['y'.repeat(500)]: '1' })).toThrow(/^y{64}: /);
  });

  it.each([
    ['name', { name: 'a\0b' }],
    ['meta.deep', { meta: { deep: ['\ud800'] } }],
    ['meta', { meta: { 'a\0': 1 } }],
    ['input', 'a\0'],
  ])('is refused for text that no database keeps, in %s', (field, value) => {
    expect(() => parseInput(z.unknown(), value)).toThrow(field);
  });

  it('lets characters beyond 16 bits pass', () => {
    expect(parseInput(z.unknown(), { name: '\u{1f600}' })).toEqual({ name: '\u{1f600}' });
  });
});
