import type { BandwidthHour } from '../../api/types';

/** Rows by hour, channel and direction as columns of bytes in and out, oldest first; hours without any left out. */
export function bandwidthColumns(rows: readonly BandwidthHour[]): { label: string; values: [number, number] }[] {
  const byHour = new Map<string, [number, number]>();
  for (const { hour, direction, bytes } of rows) {
    const [into = 0, out = 0] = byHour.get(hour) ?? [];
    byHour.set(hour, direction === 'in' ? [into + bytes, out] : [into, out + bytes]);
  }
  return [...byHour]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([hour, values]) => ({ label: `${hour.slice(0, 10)} ${hour.slice(11, 16)}`, values }));
}
