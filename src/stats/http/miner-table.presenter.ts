import type { MinerDealCounts } from '../../deals/index.js';
import type { ScoredDay } from '../../miners/index.js';
import { HALF_LIFE_DAYS } from '../../miners/index.js';
import { dayText } from '../domain/window.js';
import type { MinerRow } from '../verbs/list-miners.js';
import { presentMiner } from './miners.presenter.js';

/** One row of the table of miners: Estuary's fields, and the figures of the window. */
export function presentMinerRow(row: MinerRow, now: Date) {
  const { miner, figures } = row;
  const counts = figures && ({ dealCount: figures.dealCount, active: figures.activeDeals } as MinerDealCounts);
  return {
    ...presentMiner(miner, counts ?? undefined, now),
    state: row.state,
    suspendedBy: row.state === 'suspended' ? miner.suspendedBy : null,
    suspendedUntil: row.state === 'suspended' ? (miner.suspendedUntil?.toISOString() ?? null) : null,
    region: miner.region,
    protocols: row.protocols,
    score: miner.score,
    scoreCourse: miner.scoreCourse,
    figures: figures && {
      proposals: figures.proposals,
      acceptRate: figures.acceptRate,
      publishMs: figures.publishMs,
      sealMs: figures.sealMs,
      transferBytesPerSecond: figures.transferBytesPerSecond,
      retrievals: figures.retrievals,
      retrievalSuccessRate: figures.retrievalSuccessRate,
      firstByteMs: figures.firstByteMs,
      retrievalBytesPerSecond: figures.retrievalBytesPerSecond,
      sealed: figures.sealed,
      faults: figures.faults,
      slashes: figures.slashes,
      failures: figures.failures,
      failuresOurs: figures.failuresOurs,
      failuresByDay: figures.failuresByDay,
      topFailure: figures.topFailure,
      bytesIn: figures.bytesIn,
      bytesOut: figures.bytesOut,
    },
    figuresAt: row.figuresAt?.toISOString() ?? null,
  };
}

type Cell = string | number | null | undefined;

/** Columns of the CSV, in order. */
const COLUMNS: [name: string, cell: (row: MinerRow) => Cell][] = [
  ['addr', ({ addr }) => addr],
  ['name', ({ name }) => name],
  ['state', ({ state }) => state],
  ['region', ({ region }) => region],
  ['protocols', ({ protocols }) => protocols.join(' ')],
  ['score', ({ miner }) => miner.score],
  ['dealCount', ({ figures }) => figures?.dealCount ?? 0],
  ['activeDeals', ({ figures }) => figures?.activeDeals ?? 0],
  ['proposals', ({ figures }) => figures?.proposals],
  ['acceptRate', ({ figures }) => figures?.acceptRate],
  ['publishMsP50', ({ figures }) => figures?.publishMs?.p50],
  ['sealMsP50', ({ figures }) => figures?.sealMs?.p50],
  ['retrievals', ({ figures }) => figures?.retrievals],
  ['retrievalSuccessRate', ({ figures }) => figures?.retrievalSuccessRate],
  ['firstByteMsP50', ({ figures }) => figures?.firstByteMs?.p50],
  ['firstByteMsP95', ({ figures }) => figures?.firstByteMs?.p95],
  ['bytesPerSecondP50', ({ figures }) => figures?.retrievalBytesPerSecond?.p50],
  ['price', ({ miner }) => miner.price],
  ['verifiedPrice', ({ miner }) => miner.verifiedPrice],
  ['faults', ({ figures }) => figures?.faults],
  ['slashes', ({ figures }) => figures?.slashes],
  ['failures', ({ figures }) => figures?.failures],
  ['topFailure', ({ figures }) => figures?.topFailure && `${figures.topFailure.phase}/${figures.topFailure.reason}`],
  ['bytesIn', ({ figures }) => figures?.bytesIn],
  ['bytesOut', ({ figures }) => figures?.bytesOut],
];

/** RFC 4180, with a line of names. */
export function minersCsv(rows: readonly MinerRow[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, cell]) => csvCell(cell(row))))];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** Text that a spreadsheet would run as a formula gets a quote in front (OWASP, CSV injection): names are strangers'. */
function csvCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The score line by line, and its course, oldest day first; null while nothing was measured. */
export function presentScore(days: readonly ScoredDay[]) {
  const [newest] = days;
  if (!newest) return null;
  return {
    score: newest.score,
    at: newest.at.toISOString(),
    halfLifeDays: HALF_LIFE_DAYS,
    lines: newest.lines,
    course: days.map(({ day, score }) => ({ day: dayText(day), score })).reverse(),
  };
}
