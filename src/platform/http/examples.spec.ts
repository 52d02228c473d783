import { describe, expect, it } from '@jest/globals';
import { exampleOf } from './examples.js';

describe('an example', () => {
  it('is what the schema says: its own, one of its values, its default', () => {
    expect(exampleOf({ type: 'string', example: 'x' })).toBe('x');
    expect(exampleOf({ enum: [null, 'a'], nullable: true })).toBe('a');
    expect(exampleOf({ type: 'integer', default: 7 })).toBe(7);
    expect(exampleOf({ anyOf: [{ type: 'boolean' }, { type: 'string' }] })).toBe(true);
  });

  it('is what a reader recognises, by the name of the field, where the type agrees', () => {
    expect(exampleOf({ type: 'integer' }, 'replication')).toBe(6);
    expect(exampleOf({ type: 'string' }, 'replication')).toBe('text');
    expect(exampleOf({ type: 'string' }, 'miner')).toBe('f01000');
    expect(exampleOf({ type: 'string', pattern: '^\\d+$' }, 'miner')).toBe('1');
    expect(exampleOf({ type: 'string' }, 'constructor')).toBe('text');
  });

  it('of an answer has every field, and that of a body only what has to be sent', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'number' } }, b: { type: 'string', format: 'date-time' } },
      required: ['a'],
    };
    expect(exampleOf(schema)).toEqual({ a: [1], b: '2026-01-31T12:00:00.000Z' });
    expect(exampleOf(schema, '', false)).toEqual({ a: [1] });
  });
});
