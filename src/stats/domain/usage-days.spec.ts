import { describe, expect, it } from '@jest/globals';
import type { RollupSum } from './rollup.js';
import { usageDays } from './usage-days.js';

const row = (day: string, kind: string, rest: Partial<RollupSum> = {}): RollupSum => ({
  at: new Date(`${day}T00:00:00Z`),
  kind,
  label: '',
  count: 1n,
  ok: 1n,
  bytes: 0n,
  cost: '0',
  ...rest,
});
const from = new Date('2026-05-01T00:00:00Z');
const now = new Date('2026-05-03T17:00:00Z');

describe('what an account used by day', () => {
  it('has every day, and tells stored bytes backwards from what is stored now', () => {
    const rows = [
      row('2026-05-01', 'bytes-in', { label: 'upload', bytes: 100n }),
      row('2026-05-02', 'bytes-in', { label: 'upload', bytes: 50n }),
      row('2026-05-03', 'delete', { bytes: 30n }),
    ];
    expect(usageDays(rows, from, now, 120).map(({ day, storedBytes }) => [day, storedBytes])).toEqual([
      ['2026-05-01', 100],
      ['2026-05-02', 150],
      ['2026-05-03', 120],
    ]);
  });

  it('keeps channels, pins, deals and what deals cost apart', () => {
    const rows = [
      row('2026-05-02', 'bytes-out', { label: 'gateway', bytes: 7n }),
      row('2026-05-02', 'bytes-out', { label: 'bitswap', bytes: 5n }),
      row('2026-05-02', 'pin', { count: 4n, ok: 3n }),
      row('2026-05-02', 'proposal', { count: 2n, cost: '900' }),
      row('2026-05-02', 'publish', { count: 2n, cost: '900' }),
      row('2026-05-02', 'failure', { label: 'propose/refused-price' }),
      row('2026-05-02', 'failure', { label: 'data-transfer/transfer-failed' }),
    ];
    expect(usageDays(rows, from, now, 0)[1]).toEqual({
      day: '2026-05-02',
      bytesIn: {},
      bytesOut: { gateway: 7, bitswap: 5 },
      storedBytes: 0,
      pinned: 3,
      pinsFailed: 1,
      deals: { proposed: 2, published: 2, sealed: 0, failed: 2 },
      spend: '900',
    });
  });
});
