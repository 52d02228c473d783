import { addHistograms, type Histogram, histogramOf } from './histogram.js';
import { type Bandwidth, hourOf, type Measurement } from './observation.js';

/** Whose figures they are. */
export type RollupScope = 'miner' | 'account' | 'content' | 'platform';

/**
 * What happened to one subject in one hour or day, in one respect. Rows of one key add up to a row: which is how hours
 * become days, and days a window.
 */
export interface Rollup {
  scope: RollupScope;
  /** Address of the miner, user id, root CID; empty for the platform. */
  key: string;
  /** Start of the UTC hour or day. */
  at: Date;
  /** A kind of measurement, or `bytes-in` and `bytes-out`. */
  kind: string;
  /** Failures: `phase/reason`, and the state when the deal was proven. Retrievals: the source. Slashes: the state before. Bytes: the channel. Else empty. */
  label: string;
  /** Measurements, or requests. */
  count: number;
  ok: number;
  bytes: number;
  /** attoFIL. */
  cost: bigint;
  /** Of successes that took a known time, in ms. */
  ms: Spread;
  /** Of successes that moved bytes in a known time, in bytes per second. */
  speed: Spread;
}

/** The numbers of such a row without its histograms, as the tables have them: what most pages need of many days. */
export interface RollupSum {
  at: Date;
  kind: string;
  label: string;
  count: bigint;
  ok: bigint;
  bytes: bigint;
  cost: string;
}

/** Values, as a histogram with its extremes. `total` is their sum. */
export interface Spread {
  total: number;
  min: number | null;
  max: number | null;
  counts: Histogram;
}

export const nothing: Spread = { total: 0, min: null, max: null, counts: [] };

const FAILED_SILENTLY = 'unknown';
/** Of which a histogram of bytes per second says something. */
const MOVES_BYTES: ReadonlySet<string> = new Set(['transfer', 'retrieval']);
/** Uploads are their contents' size once: nothing that a row per content would add. Transfers know pieces alone. */
const BY_CONTENT: ReadonlySet<string> = new Set(['gateway', 'piece', 'bitswap', 'retrieval']);

/** What one measurement adds: to the platform, to its miner, to its account. By the hour. Pure. */
export function rollUpMeasurement(row: Measurement, at: Date): Rollup[] {
  const rolled = {
    at: hourOf(at),
    kind: row.kind,
    label: labelOf(row),
    count: 1,
    ok: row.ok ? 1 : 0,
    bytes: row.bytes ?? 0,
    cost: BigInt(row.cost ?? 0),
    ms: row.ok && row.ms !== null ? spreadOf(Math.round(row.ms)) : nothing,
    speed: speedOf(row),
  };
  const scopes: [RollupScope, string | null][] = [
    ['platform', ''],
    ['miner', row.miner],
    ['account', row.userId],
  ];
  return scopes.flatMap(([scope, key]) => (key === null ? [] : [{ scope, key, ...rolled }]));
}

/** What bytes that crossed our border in this hour add: to the platform, to an account, to a content. Pure. */
export function rollUpBandwidth(hour: Date, entry: Bandwidth): Rollup[] {
  const rolled = {
    at: hour,
    kind: `bytes-${entry.direction}`,
    label: entry.channel,
    count: entry.requests,
    ok: entry.requests,
    bytes: entry.bytes,
    cost: 0n,
    ms: nothing,
    speed: nothing,
  };
  const rows: Rollup[] = [{ scope: 'platform', key: '', ...rolled }];
  if (entry.userId !== '') rows.push({ scope: 'account', key: entry.userId, ...rolled });
  if (BY_CONTENT.has(entry.channel)) rows.push({ scope: 'content', key: entry.subject, ...rolled });
  return rows;
}

/** Rows of hours, each moved to the start of its UTC day. */
export function toDays(rows: readonly Rollup[]): Rollup[] {
  return rows.map((row) => ({ ...row, at: dayOf(row.at) }));
}

/**
 * Rows of one key become one, in an order that is the same for everybody who writes them: two writers lock rows alike.
 * Pure.
 */
export function sumRollups(rows: readonly Rollup[]): Rollup[] {
  const sums = new Map<string, Rollup>();
  for (const row of rows) {
    const key = [row.scope, row.key, row.at.toISOString(), row.kind, row.label].join('\n');
    const sum = sums.get(key);
    sums.set(key, sum ? plus(sum, row) : row);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Two rows of whatever time as one, under the key of the first. */
export function plus(a: Rollup, b: Rollup): Rollup {
  return {
    ...a,
    count: a.count + b.count,
    ok: a.ok + b.ok,
    bytes: a.bytes + b.bytes,
    cost: a.cost + b.cost,
    ms: addSpreads(a.ms, b.ms),
    speed: addSpreads(a.speed, b.speed),
  };
}

/** Both together. */
export function addSpreads(a: Spread, b: Spread): Spread {
  return {
    total: a.total + b.total,
    min: least(a.min, b.min, Math.min),
    max: least(a.max, b.max, Math.max),
    counts: addHistograms(a.counts, b.counts),
  };
}

/** The start of the UTC day that a moment belongs to. */
export function dayOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 86_400_000) * 86_400_000);
}

function least(a: number | null, b: number | null, pick: (a: number, b: number) => number): number | null {
  if (a === null || b === null) return a ?? b;
  return pick(a, b);
}

function spreadOf(value: number): Spread {
  return { total: value, min: value, max: value, counts: histogramOf(value) };
}

function speedOf(row: Measurement): Spread {
  if (!row.ok || !MOVES_BYTES.has(row.kind)) return nothing;
  if (row.ms === null || row.bytes === null || row.ms <= 0 || row.bytes <= 0) return nothing;
  return spreadOf(Math.round((row.bytes * 1000) / Math.round(Math.max(1, row.ms))));
}

function labelOf({ kind, ok, phase, reason, source }: Measurement): string {
  const why = reason ?? FAILED_SILENTLY;
  if (kind === 'failure') return [phase ?? FAILED_SILENTLY, why, ...(source === null ? [] : [source])].join('/');
  return kind === 'retrieval' && !ok ? `${source ?? ''}/${why}` : (source ?? '');
}
