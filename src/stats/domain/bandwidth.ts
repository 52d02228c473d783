/** Where bytes crossed our border. */
export type Channel = 'gateway' | 'bitswap' | 'upload' | 'transfer' | 'retrieval';

export interface Bandwidth {
  channel: Channel;
  direction: 'in' | 'out';
  /** Root CID, or a piece's id for transfers to miners. */
  subject: string;
  /** Empty: attributed to the oldest content of the subject, if there is one. */
  userId: string;
  bytes: number;
  requests: number;
}

/** Sums entries that fall into one row, so that a flush writes each row once. */
export function sumBandwidth(entries: readonly Bandwidth[]): Bandwidth[] {
  const rows = new Map<string, Bandwidth>();
  for (const entry of entries) {
    const key = [entry.channel, entry.direction, entry.subject, entry.userId].join('|');
    const row = rows.get(key);
    if (row) {
      row.bytes += entry.bytes;
      row.requests += entry.requests;
    } else {
      rows.set(key, { ...entry });
    }
  }
  return [...rows.values()];
}

/** The UTC hour that a moment belongs to. */
export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
}
