import { percentile } from './histogram.js';
import { addSpreads, nothing, plus, type Rollup, type Spread } from './rollup.js';

/** Percentiles over `count` values: milliseconds, or bytes per second. Within 19 %, and never outside of what was seen. */
export interface Percentiles {
  count: number;
  p10: number;
  p50: number;
  p90: number;
  p95: number;
}

/** Failures of one phase and reason; `ours`: the operator's own node, wallet or disk, or terms that no miner would take. */
export interface FailureLine {
  phase: string;
  reason: string;
  count: number;
  fault: 'ours' | 'theirs';
}

/** Retrievals by one way: `http-car`, `http-piece`, `lotus`. */
export interface SourceFigures {
  source: string;
  attempts: number;
  ok: number;
  successRate: number | null;
  firstByteMs: Percentiles | null;
  bytesPerSecond: Percentiles | null;
}

/** What one miner did in a window. Rates from 0 to 1; null where nothing was measured. */
export interface WindowFigures {
  proposals: number;
  accepted: number;
  refused: number;
  acceptRate: number | null;
  transferred: number;
  published: number;
  sealed: number;
  ended: number;
  /** Lost after they had been proven, without being slashed. */
  faults: number;
  slashes: number;
  proposeMs: Percentiles | null;
  acceptMs: Percentiles | null;
  transferMs: Percentiles | null;
  publishMs: Percentiles | null;
  sealMs: Percentiles | null;
  transferBytesPerSecond: Percentiles | null;
  failures: { total: number; ours: number; theirs: number; byReason: FailureLine[] };
  retrieval: {
    attempts: number;
    ok: number;
    successRate: number | null;
    /** Attempts that failed by our own node or disk: they are in no rate. */
    ours: number;
    firstByteMs: Percentiles | null;
    bytesPerSecond: Percentiles | null;
    bySource: SourceFigures[];
    failures: { source: string; reason: string; count: number; fault: 'ours' | 'theirs' }[];
  };
  /** Bytes that came from the miner, and that went to it, whole transfers or broken ones. */
  bytes: { in: number; out: number };
}

/** Whether a failure says nothing of the miner. */
export type IsOurs = (reason: string) => boolean;

/** Adds up the rows of one miner, of whatever hours and days. Pure. */
export function windowFigures(rows: readonly Rollup[], isOurs: IsOurs): WindowFigures {
  const of = totalsByKind(rows);
  const accepted = of('accept').ok;
  const failures = failureLines(rows, isOurs);
  const sum = (lines: readonly { count: number; fault: string }[], fault: string) =>
    lines.filter((line) => line.fault === fault).reduce((all, { count }) => all + count, 0);
  const refused = of('accept').count - accepted;
  return {
    proposals: of('proposal').count,
    accepted,
    refused,
    acceptRate: share(accepted, accepted + refused),
    transferred: of('transfer').count,
    published: of('publish').count,
    sealed: of('seal').count,
    ended: of('end').ok,
    faults: of('end').count - of('end').ok,
    slashes: of('slash').count,
    proposeMs: percentilesOf(of('proposal').ms),
    acceptMs: percentilesOf(of('accept').ms),
    transferMs: percentilesOf(of('transfer').ms),
    publishMs: percentilesOf(of('publish').ms),
    sealMs: percentilesOf(of('seal').ms),
    transferBytesPerSecond: percentilesOf(of('transfer').speed),
    failures: {
      total: of('failure').count,
      ours: sum(failures, 'ours'),
      theirs: sum(failures, 'theirs'),
      byReason: failures,
    },
    retrieval: retrievalFigures(rows, isOurs),
    bytes: { in: of('retrieval').bytes, out: of('transfer').bytes + of('failure').bytes },
  };
}

/** p10, p50, p90 and p95; null where nothing was seen. */
export function percentilesOf({ counts, min, max }: Spread): Percentiles | null {
  if (min === null || max === null) return null;
  const at = (wanted: number) => percentile(counts, wanted, { min, max }) ?? 0;
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    p10: at(0.1),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
  };
}

/** A rate over nothing is unknown, not zero. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function retrievalFigures(rows: readonly Rollup[], isOurs: IsOurs): WindowFigures['retrieval'] {
  const tries = rows.filter(({ kind }) => kind === 'retrieval').map((row) => ({ row, ...sourceOf(row, isOurs) }));
  const counted = tries.filter(({ fault }) => fault !== 'ours');
  const firstBytes = rows.filter(({ kind }) => kind === 'retrieval-first-byte');
  const figures = (source: string | null): Omit<SourceFigures, 'source'> => {
    const own = counted.filter((one) => source === null || one.source === source).map(({ row }) => row);
    const attempts = own.reduce((sum, { count }) => sum + count, 0);
    const ok = own.reduce((sum, row) => sum + row.ok, 0);
    const bytesFirst = firstBytes.filter(({ label }) => source === null || label === source);
    return {
      attempts,
      ok,
      successRate: share(ok, attempts),
      firstByteMs: percentilesOf(sumSpreads(bytesFirst.map(({ ms }) => ms))),
      bytesPerSecond: percentilesOf(sumSpreads(own.map(({ speed }) => speed))),
    };
  };
  const failures = new Map<string, WindowFigures['retrieval']['failures'][number]>();
  for (const { row, source, reason, fault } of tries) {
    if (reason === null) continue;
    const key = `${source}/${reason}`;
    failures.set(key, { source, reason, fault, count: (failures.get(key)?.count ?? 0) + row.count });
  }
  return {
    ...figures(null),
    ours: tries.filter(({ fault }) => fault === 'ours').reduce((sum, { row }) => sum + row.count, 0),
    bySource: [...new Set(tries.map(({ source }) => source))].sort().map((source) => ({ source, ...figures(source) })),
    failures: [...failures.values()].sort((a, b) => b.count - a.count),
  };
}

/** Of a row of retrievals: where from, and for those that failed, why. */
export function sourceOf({ label, ok, count }: Rollup, isOurs: IsOurs) {
  if (ok === count) return { source: label, reason: null, fault: null };
  const [source = '', reason = 'unknown'] = label.split('/');
  return { source, reason, fault: isOurs(reason) ? ('ours' as const) : ('theirs' as const) };
}

/** Failures of deals by phase and reason, the most frequent first. */
export function failureLines(rows: readonly Rollup[], isOurs: IsOurs): FailureLine[] {
  const lines = new Map<string, FailureLine>();
  for (const { kind, label, count } of rows) {
    if (kind !== 'failure') continue;
    const [phase = 'unknown', reason = 'unknown'] = label.split('/');
    const key = `${phase}/${reason}`;
    const before = lines.get(key)?.count ?? 0;
    lines.set(key, { phase, reason, count: before + count, fault: isOurs(reason) ? 'ours' : 'theirs' });
  }
  return [...lines.values()].sort((a, b) => b.count - a.count || (a.phase + a.reason < b.phase + b.reason ? -1 : 1));
}

function totalsByKind(
  rows: readonly Rollup[],
): (kind: string) => Pick<Rollup, 'count' | 'ok' | 'bytes' | 'ms' | 'speed'> {
  const sums = new Map<string, Rollup>();
  for (const row of rows) {
    const sum = sums.get(row.kind);
    sums.set(row.kind, sum ? plus(sum, row) : row);
  }
  return (kind) => sums.get(kind) ?? { count: 0, ok: 0, bytes: 0, ms: nothing, speed: nothing };
}

function sumSpreads(spreads: readonly Spread[]): Spread {
  return spreads.reduce(addSpreads, nothing);
}
