import { describe, expect, it } from '@jest/globals';
import { type Listed, type ListQuery, type Cursor, pageOf } from './miner-list.js';

const row = (addr: string, score: number | null, rest: Partial<Listed> = {}): Listed => ({
  addr,
  name: '',
  state: 'active',
  region: null,
  protocols: ['lotus'],
  price: 10n,
  sortable: {
    score,
    activeDeals: 0,
    dealCount: 0,
    acceptRate: null,
    publishMs: null,
    sealMs: null,
    retrievalSuccessRate: null,
    firstByteMs: null,
    throughput: null,
    faults: 0,
    failures: 0,
    bytesIn: 0,
    bytesOut: 0,
  },
  ...rest,
});
const rows = [row('f03', 5), row('f01', null), row('f02', 90), row('f04', 5)];
const addresses = (query: Partial<ListQuery>, of = rows) =>
  pageOf(of, { sort: 'score', order: 'desc', ...query }).rows.map(({ addr }) => addr);

describe('the list of miners', () => {
  it('puts what is not known last in either order, and equals by address', () => {
    expect(addresses({})).toEqual(['f02', 'f03', 'f04', 'f01']);
    expect(addresses({ order: 'asc' })).toEqual(['f03', 'f04', 'f02', 'f01']);
  });

  it.each(['score', 'price', 'addr', 'name', 'state'] as const)('has each row on one page, sorted by %s', (sort) => {
    for (const order of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      let after: Cursor | undefined;
      do {
        const page = pageOf(rows, { sort, order, limit: 1, after });
        seen.push(...page.rows.map(({ addr }) => addr));
        after = page.next ?? undefined;
      } while (after);
      expect(seen).toEqual(addresses({ sort, order }));
    }
  });

  it('goes on behind the last row also when rows came and went', () => {
    const { next } = pageOf(rows, { sort: 'score', order: 'desc', limit: 2 });
    const changed = [row('f00', 95), ...rows.filter(({ addr }) => addr !== 'f03')];
    expect(addresses({ after: next as Cursor }, changed)).toEqual(['f04', 'f01']);
  });

  it('sorts prices as whole numbers of any length', () => {
    const dear = [row('f1', 1, { price: 10n ** 20n }), row('f2', 1, { price: 9n }), row('f3', 1, { price: null })];
    expect(addresses({ sort: 'price', order: 'asc' }, dear)).toEqual(['f2', 'f1', 'f3']);
  });

  it('filters by state, region, protocol, price and words', () => {
    const various = [
      row('f1', 1, { state: 'suspended', name: 'Anna', region: 'EU' }),
      row('f2', 1, { protocols: ['lotus', 'http'], price: 50n }),
      row('f3', 1, { price: null }),
    ];
    expect(addresses({ state: 'suspended' }, various)).toEqual(['f1']);
    expect(addresses({ region: 'EU' }, various)).toEqual(['f1']);
    expect(addresses({ protocol: 'http' }, various)).toEqual(['f2']);
    expect(addresses({ maxPrice: 10n }, various)).toEqual(['f1']);
    expect(addresses({ search: 'ANN' }, various)).toEqual(['f1']);
    expect(addresses({ search: 'f2' }, various)).toEqual(['f2']);
  });

  it('does not stumble over a cursor that somebody made up', () => {
    expect(addresses({ after: { value: 'x', addr: 'zz' } })).toEqual([]);
    expect(addresses({ sort: 'price', after: { value: '-1', addr: 'f02' } })).toEqual([]);
  });
});
