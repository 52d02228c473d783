import type { Rollup } from './rollup.js';
import { dayText, daysAgo } from './window.js';
import { failureLines, type FailureLine, type IsOurs, type Percentiles, type WindowFigures } from './window-figures.js';

/** What the table of miners shows of one, over one window; stored as JSON. Rates 0 to 1, times ms, speeds bytes/s. */
export interface TableFigures {
  proposals: number;
  acceptRate: number | null;
  publishMs: Percentiles | null;
  sealMs: Percentiles | null;
  transferBytesPerSecond: Percentiles | null;
  retrievals: number;
  retrievalSuccessRate: number | null;
  firstByteMs: Percentiles | null;
  retrievalBytesPerSecond: Percentiles | null;
  sealed: number;
  faults: number;
  slashes: number;
  failures: number;
  failuresOurs: number;
  topFailure: FailureLine | null;
  bytesIn: number;
  bytesOut: number;
  /** Failures that were the miner's, of the last seven UTC days, oldest first; whatever the window. */
  failuresByDay: number[];
  /** Of all its deals, now. */
  dealCount: number;
  activeDeals: number;
  /** Those that failed, were refused or slashed, whoever's fault it was. */
  errorCount: number;
}

/** `failuresOfWeek`: as `failuresByDay` has them; `deals`: as their room counts them. Pure. */
export function tableFigures(
  figures: WindowFigures,
  failuresOfWeek: number[],
  deals: { dealCount: number; active: number; errorCount: number } | undefined,
): TableFigures {
  const { failures, retrieval, bytes } = figures;
  return {
    proposals: figures.proposals,
    acceptRate: figures.acceptRate,
    publishMs: figures.publishMs,
    sealMs: figures.sealMs,
    transferBytesPerSecond: figures.transferBytesPerSecond,
    retrievals: retrieval.attempts,
    retrievalSuccessRate: retrieval.successRate,
    firstByteMs: retrieval.firstByteMs,
    retrievalBytesPerSecond: retrieval.bytesPerSecond,
    sealed: figures.sealed,
    faults: figures.faults,
    slashes: figures.slashes,
    failures: failures.theirs,
    failuresOurs: failures.ours,
    topFailure: failures.byReason.find(({ fault }) => fault === 'theirs') ?? null,
    bytesIn: bytes.in,
    bytesOut: bytes.out,
    failuresByDay: failuresOfWeek,
    dealCount: deals?.dealCount ?? 0,
    activeDeals: deals?.active ?? 0,
    errorCount: deals?.errorCount ?? 0,
  };
}

/** Failures that were the miner's, one number for each of the last seven UTC days. Pure. */
export function failuresByDay(rows: readonly Rollup[], isOurs: IsOurs, now: Date): number[] {
  return [6, 5, 4, 3, 2, 1, 0].map((days) => {
    const day = dayText(daysAgo(days, now));
    return failureLines(
      rows.filter(({ at }) => dayText(at) === day),
      isOurs,
    )
      .filter(({ fault }) => fault === 'theirs')
      .reduce((sum, { count }) => sum + count, 0);
  });
}
