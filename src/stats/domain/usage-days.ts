import type { RollupSum } from './rollup.js';
import { DAY_MS, dayText } from './window.js';

/** What one account used on one UTC day. Bytes; attoFIL as decimal text. */
export interface UsageDay {
  day: string;
  /** By channel: `upload`. */
  bytesIn: Record<string, number>;
  /** By channel: `gateway`, `piece`, `bitswap`. */
  bytesOut: Record<string, number>;
  /** As it stood at the end of the day. */
  storedBytes: number;
  pinned: number;
  pinsFailed: number;
  /** Of pieces that hold its bytes alone. */
  deals: { proposed: number; published: number; sealed: number; failed: number };
  /** What its deals that came on chain on this day cost. */
  spend: string;
}

/** The kinds of roll-ups that it is made of. */
export const USAGE_KINDS = [
  'bytes-in',
  'bytes-out',
  'delete',
  'pin',
  'proposal',
  'publish',
  'seal',
  'failure',
] as const;

/**
 * One entry for each UTC day from `from` to the day of `now`, oldest first. `storedNow`: bytes that are stored now,
 * from which earlier days are told backwards. Pure.
 */
export function usageDays(rows: readonly RollupSum[], from: Date, now: Date, storedNow: number): UsageDay[] {
  const days: UsageDay[] = [];
  let stored = storedNow;
  for (let day = dayStart(now); day >= from.getTime(); day -= DAY_MS) {
    const time = dayText(new Date(day));
    const own = rows.filter(({ at }) => dayText(at) === time);
    const entry = usageOf(time, own, stored);
    days.unshift(entry);
    stored = Math.max(0, stored - (entry.bytesIn['upload'] ?? 0) + sumOf(own, 'delete', 'bytes'));
  }
  return days;
}

function usageOf(day: string, own: readonly RollupSum[], storedBytes: number): UsageDay {
  const pinned = sumOf(own, 'pin', 'ok');
  return {
    day,
    bytesIn: byChannel(own, 'bytes-in'),
    bytesOut: byChannel(own, 'bytes-out'),
    storedBytes,
    pinned,
    pinsFailed: sumOf(own, 'pin', 'count') - pinned,
    deals: {
      proposed: sumOf(own, 'proposal', 'count'),
      published: sumOf(own, 'publish', 'count'),
      sealed: sumOf(own, 'seal', 'count'),
      failed: sumOf(own, 'failure', 'count'),
    },
    spend: own
      .filter(({ kind }) => kind === 'publish')
      .reduce((sum, { cost }) => sum + BigInt(cost), 0n)
      .toString(),
  };
}

function byChannel(own: readonly RollupSum[], kind: string): Record<string, number> {
  return Object.fromEntries(own.filter((row) => row.kind === kind).map(({ label, bytes }) => [label, Number(bytes)]));
}

function sumOf(own: readonly RollupSum[], kind: string, field: 'count' | 'ok' | 'bytes'): number {
  return Number(own.filter((row) => row.kind === kind).reduce((sum, row) => sum + row[field], 0n));
}

function dayStart(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS) * DAY_MS;
}
