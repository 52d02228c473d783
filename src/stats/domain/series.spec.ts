import { describe, expect, it } from '@jest/globals';
import { seriesOf } from './series.js';

const row = (day: string, kind: string, count: number, rest: { label?: string; bytes?: number; ok?: number } = {}) => ({
  at: new Date(`${day}T00:00:00Z`),
  kind,
  label: rest.label ?? '',
  count: BigInt(count),
  ok: BigInt(rest.ok ?? count),
  bytes: BigInt(rest.bytes ?? 0),
  cost: '0',
});
const from = new Date('2026-05-01T00:00:00Z');
const now = new Date('2026-05-03T17:00:00Z');
const values = (...args: Parameters<typeof seriesOf>) => seriesOf(...args).map(({ value }) => value);

describe('a series', () => {
  it('of a level goes on from what was before, through days without an event', () => {
    const rows = [row('2026-05-01', 'seal', 2), row('2026-05-03', 'end', 1), row('2026-05-03', 'slash', 1)];
    expect(values('deals-active', rows, [row('2026-04-01', 'seal', 5)], from, now)).toEqual([7, 7, 5]);
  });

  it('does not take away a deal that was slashed before it was proven', () => {
    const rows = [row('2026-05-02', 'slash', 1, { label: 'published' })];
    expect(values('deals-active', rows, [row('2026-04-01', 'seal', 1)], from, now)).toEqual([1, 1, 1]);
  });

  it('of a flow begins at nought each day', () => {
    const rows = [row('2026-05-01', 'bytes-out', 3, { bytes: 70 }), row('2026-05-01', 'bytes-out', 1, { bytes: 5 })];
    expect(values('bandwidth-out', rows, [], from, now)).toEqual([75, 0, 0]);
    expect(values('retrievals-failed', [row('2026-05-02', 'retrieval', 4, { ok: 1 })], [], from, now)).toEqual([
      0, 3, 0,
    ]);
  });

  it('of stored bytes takes away what was deleted', () => {
    const rows = [row('2026-05-01', 'upload', 1, { bytes: 100 }), row('2026-05-02', 'delete', 1, { bytes: 40 })];
    expect(seriesOf('stored-bytes', rows, [], from, now)).toEqual([
      { time: '2026-05-01', value: 100 },
      { time: '2026-05-02', value: 60 },
      { time: '2026-05-03', value: 60 },
    ]);
  });
});
