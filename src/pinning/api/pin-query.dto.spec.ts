import { describe, expect, it } from '@jest/globals';
import { parseInput } from '../../platform/http/index.js';
import { pinSchema } from './pin.dto.js';
import { PIN_STATUSES } from '../pin.js';
import { pinQuerySchema } from './pin-query.dto.js';

const V0 = 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n';
const V1 = 'bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
const parse = (query: Record<string, unknown>) => parseInput(pinQuerySchema, query);

describe('the query of a pin listing', () => {
  it('asks for pinned ones alone by default, ten of them', () => {
    expect(parse({})).toEqual({ statuses: ['pinned'], limit: 10 });
  });

  it('asks for every status where certain pins are named', () => {
    for (const query of [{ name: 'x' }, { cid: V1 }, { requestid: 'a,b' }])
      expect(parse(query).statuses).toEqual(['queued', 'pinning', 'pinned', 'failed']);
    expect(parse({ name: 'x', status: 'failed' }).statuses).toEqual(['failed']);
    expect(parse({ meta: '{"a":"b"}' }).statuses).toEqual(['pinned']);
  });

  it('takes every subset of the statuses, in any order', () => {
    for (let subset = 1; subset < 16; subset++) {
      const statuses = PIN_STATUSES.filter((_, bit) => subset & (1 << bit)).reverse();
      expect(parse({ status: statuses.join(',') }).statuses).toEqual(statuses);
    }
  });

  it('takes lists with commas, repeated, and both; v0 and v1 of one hash are one', () => {
    expect(parse({ status: 'queued,pinning' }).statuses).toEqual(['queued', 'pinning']);
    expect(parse({ status: ['queued', 'pinned,failed'] }).statuses).toEqual(['queued', 'pinned', 'failed']);
    expect(parse({ cid: `${V0},${V1}` }).cids).toEqual([V1]);
  });

  it('reads times to the nanosecond, and stays strict on both sides of a millisecond', () => {
    expect(parse({ before: '2026-11-21T03:11:15.123Z' }).before).toEqual(new Date('2026-11-21T03:11:15.123Z'));
    expect(parse({ before: '2026-11-21T03:11:15.123000000Z' }).before).toEqual(new Date('2026-11-21T03:11:15.123Z'));
    expect(parse({ before: '2026-11-21T03:11:15.123000001Z' }).before).toEqual(new Date('2026-11-21T03:11:15.124Z'));
    expect(parse({ after: '2026-11-21T03:11:15.123999999Z' }).after).toEqual(new Date('2026-11-21T03:11:15.123Z'));
    expect(parse({ before: '2026-11-21t03:11:15z' }).before).toEqual(new Date('2026-11-21T03:11:15Z'));
    expect(parse({ before: '2026-11-21T03:11:15.5Z' }).before).toEqual(new Date('2026-11-21T03:11:15.500Z'));
    expect(parse({ before: '2028-02-29T03:11:15 05:30' }).before).toEqual(new Date('2028-02-28T21:41:15Z'));
    expect(parse({ before: '2016-12-31T23:59:60Z' }).before).toEqual(new Date('2017-01-01T00:00:00Z'));
    expect(parse({ after: '2026-11-21T04:11:15+01:00' }).after).toEqual(new Date('2026-11-21T03:11:15Z'));
  });

  it('refuses what it cannot read with 400 and the name of the parameter', () => {
    const bad: Record<string, unknown>[] = [
      { cid: 'nonsense' },
      { match: 'fuzzy' },
      { before: 'yesterday' },
      { after: '2026-11-21' },
      { after: '2026-02-29T00:00:00Z' },
      { before: '2026-01-01T24:00:00Z' },
      { before: '2026-01-01T00:00:00+25:00' },
      { limit: '1e2' },
      { limit: '0x10' },
      { limit: ' 10' },
      { limit: '0' },
      { limit: '1001' },
      { limit: 'ten' },
      { meta: 'map[a:b]' },
      { meta: '{"a":1}' },
      { name: 'x'.repeat(256) },
      { name: 'a\0' },
      { name: '\ud800' },
      { meta: '{"a":"\\u0000"}' },
      { meta: '{"\\ud800":"b"}' },
      { meta: '[]' },
      { meta: 'null' },
      { meta: '' },
      { cid: '' },
      { limit: '' },
      { limit: ['1', '2'] },
    ];
    for (const query of bad)
      expect(() => parse(query)).toThrow(
        expect.objectContaining({
          status: 400,
          message: expect.stringContaining(Object.keys(query)[0]!) as unknown as string,
        }) as unknown as Error,
      );
    expect(() => parse({ status: 'pinned,offloaded' })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_PINNING_STATUS' }) as unknown as Error,
    );
    expect(() => parse({ cid: Array.from({ length: 11 }, (_, n) => (n % 2 ? V0 : V1)).join(',') })).not.toThrow();
  });
});

describe('the body of a pin', () => {
  it('needs a CID alone', () => {
    expect(parseInput(pinSchema, { cid: V0 })).toEqual({ cid: V0, name: null, origins: [], meta: {} });
    expect(parseInput(pinSchema, { cid: V0, name: null, origins: ['/a', '/a'], meta: { a: 'b' }, unknown: 1 })).toEqual(
      { cid: V0, name: null, origins: ['/a'], meta: { a: 'b' } },
    );
  });

  it('counts characters, not halves of them', () => {
    expect(parseInput(pinSchema, { cid: V0, name: '\u{1f30a}'.repeat(255) }).name).toHaveLength(510);
    expect(() => parseInput(pinSchema, { cid: V0, name: '\u{1f30a}'.repeat(256) })).toThrow();
  });

  it("is refused with 400 where the specification's limits are passed", () => {
    const bad = [
      {},
      { cid: 'x' },
      { cid: V0, name: 'x'.repeat(256) },
      { cid: V0, origins: Array.from({ length: 21 }, (_, n) => `/a/${n}`) },
      { cid: V0, meta: { a: 1 } },
      { cid: V0, meta: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [n, ''])) },
      { cid: V0, origins: 'x' },
      { cid: V0, name: 'a\0' },
      { cid: V0, name: '\ud800' },
      { cid: V0, meta: { '\0': 'a' } },
      { cid: V0, meta: { a: '\udfff' } },
      { cid: V0, origins: ['\0'] },
    ];
    for (const body of bad)
      expect(() => parseInput(pinSchema, body)).toThrow(expect.objectContaining({ status: 400 }) as unknown as Error);
  });
});
