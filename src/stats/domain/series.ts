import type { RollupSum } from './rollup.js';
import { DAY_MS, dayText } from './window.js';

/** What one row of a day adds to a series. */
type Adds = (row: Omit<RollupSum, 'at'>) => number;

interface Metric {
  /** Kinds of roll-ups that it is made of. */
  kinds: readonly string[];
  /** A level goes on from day to day; a flow begins at nought each day. */
  shape: 'level' | 'flow';
  unit: 'deals' | 'bytes' | 'retrievals' | 'pins' | 'attoFIL';
  about: string;
  adds: Adds;
}

const count: Adds = (row) => Number(row.count);
const bytes: Adds = (row) => Number(row.bytes);
const flow = (kinds: readonly string[], unit: Metric['unit'], about: string, adds: Adds): Metric => ({
  kinds,
  shape: 'flow',
  unit,
  about,
  adds,
});

/** All that charts can show, of the platform; each is a sum over its days. */
export const seriesMetrics = {
  'deals-active': {
    kinds: ['seal', 'end', 'slash'],
    shape: 'level',
    unit: 'deals',
    about: 'deals that are proven and alive at the end of the day',
    // Slashed before it was proven: it was never among them.
    adds: (row) => (row.kind === 'seal' ? count(row) : row.label === 'published' ? 0 : -count(row)),
  },
  'stored-bytes': {
    kinds: ['upload', 'delete'],
    shape: 'level',
    unit: 'bytes',
    about: 'bytes of all contents at the end of the day',
    adds: (row) => (row.kind === 'upload' ? bytes(row) : -bytes(row)),
  },
  'bandwidth-out': flow(['bytes-out'], 'bytes', 'bytes that left, on all channels', bytes),
  'bandwidth-in': flow(['bytes-in'], 'bytes', 'bytes that arrived, on all channels', bytes),
  retrievals: flow(['retrieval'], 'retrievals', 'retrievals from miners that succeeded', (row) => Number(row.ok)),
  'retrievals-failed': flow(['retrieval'], 'retrievals', 'attempts at miners that failed', (row) =>
    Number(row.count - row.ok),
  ),
  'deals-proposed': flow(['proposal'], 'deals', 'proposals that went out', count),
  'deals-published': flow(['publish'], 'deals', 'deals that came on chain', count),
  'deals-sealed': flow(['seal'], 'deals', 'deals that became active', count),
  'deals-failed': flow(['failure'], 'deals', 'deals that failed or were refused', count),
  'pins-pinned': flow(['pin'], 'pins', 'pins that were pinned', (row) => Number(row.ok)),
  'sealed-bytes': flow(['seal'], 'bytes', 'bytes of CARs in deals that became active', bytes),
} as const satisfies Record<string, Metric>;
export type SeriesMetric = keyof typeof seriesMetrics;

/** One day of a chart. */
export interface Point {
  /** UTC day, `2026-05-04`. */
  time: string;
  value: number;
}

/**
 * One point for each UTC day from `from` to the day of `now`, days without any event included. `before`: sums over all
 * days before `from`, for levels. Pure.
 */
export function seriesOf(
  metric: SeriesMetric,
  rows: readonly RollupSum[],
  before: readonly Omit<RollupSum, 'at'>[],
  from: Date,
  now: Date,
): Point[] {
  const { adds, shape } = seriesMetrics[metric];
  const byDay = new Map<string, number>();
  for (const row of rows) byDay.set(dayText(row.at), (byDay.get(dayText(row.at)) ?? 0) + adds(row));
  let level = before.reduce((sum, row) => sum + adds(row), 0);
  const points: Point[] = [];
  for (let day = from.getTime(); day <= now.getTime(); day += DAY_MS) {
    const time = dayText(new Date(day));
    const value = byDay.get(time) ?? 0;
    level += value;
    points.push({ time, value: shape === 'level' ? level : value });
  }
  return points;
}
