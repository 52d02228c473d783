const STEPS: readonly [number, string][] = [
  [60, 's'],
  [60, 'min'],
  [24, 'h'],
  [30, 'd'],
  [12, 'mo'],
  [Number.POSITIVE_INFINITY, 'y'],
];

/** `5 min ago`, `in 3 d`, `now`; a dash where there is no time. `now` in milliseconds. */
export function relativeTime(at: string | null | undefined, now: number): string {
  const then = at === null || at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(then)) return '–';
  const text = formatDuration(Math.abs(now - then));
  if (Math.abs(now - then) < 1_000) return 'now';
  return then > now ? `in ${text}` : `${text} ago`;
}

/** The largest unit alone, rounded down: 90 s is `1 min`. Below a second, milliseconds. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  let amount = ms / 1_000;
  for (const [size, unit] of STEPS) {
    if (amount < size) return `${Math.floor(amount)} ${unit}`;
    amount /= size;
  }
  return '–';
}

/** To the second, in the reader's zone, with its offset. */
export function exactTime(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
}
