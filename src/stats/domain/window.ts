import { dayOf } from './rollup.js';

/** How far back figures reach. Windows of days begin with a UTC day and include the one that runs. */
export const WINDOWS = ['24h', '7d', '30d', 'all'] as const;
export type Window = (typeof WINDOWS)[number];

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The first moment of a window, and whether its rows are hours or days. */
export function beginOf(window: Window, now: Date): { from: Date; grain: 'hours' | 'days' } {
  if (window === '24h')
    return { from: new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - 23 * HOUR_MS), grain: 'hours' };
  if (window === 'all') return { from: new Date(0), grain: 'days' };
  return { from: daysAgo(window === '7d' ? 6 : 29, now), grain: 'days' };
}

/** The start of the UTC day that was so many days ago. */
export function daysAgo(days: number, now: Date): Date {
  return new Date(dayOf(now).getTime() - days * DAY_MS);
}

/** `2026-05-04`. */
export function dayText(at: Date): string {
  return at.toISOString().slice(0, 10);
}
