/**
 * Where bytes crossed our border: to readers by gateway or Bitswap, to miners that pull a piece, from uploaders, to
 * miners (transfer), from miners (retrieval).
 */
export type Channel = 'gateway' | 'piece' | 'bitswap' | 'upload' | 'transfer' | 'retrieval';

/** Bytes that crossed it. */
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

/**
 * What one observation was about. `failure` counts every deal that failed or was rejected, beside the phase's own
 * measurement.
 */
export type MeasurementKind =
  | 'proposal'
  | 'accept'
  | 'transfer'
  | 'publish'
  | 'seal'
  | 'failure'
  | 'slash'
  | 'retrieval-first-byte'
  | 'retrieval'
  | 'upload'
  /** A content was deleted: its bytes count no more. */
  | 'delete'
  /** A deal was over after it had been proven: it ended as agreed (ok), or was lost. */
  | 'end'
  /** A pin was pinned (ok) or failed. */
  | 'pin';

/** One row of the append-only table: something that was observed once. */
export interface Measurement {
  kind: MeasurementKind;
  /** Address of the miner (`f0...`). */
  miner: string | null;
  dealId: string | null;
  carId: string | null;
  cid: string | null;
  /** Whether it went as it should; times of failures stay out of medians. */
  ok: boolean;
  /** Where in a deal's or retrieval's life it failed, and the typed reason: as the event has them. */
  phase: string | null;
  reason: string | null;
  /** Milliseconds that it took. */
  ms: number | null;
  bytes: number | null;
  /** Where a retrieval got its bytes from; which state a slashed deal was in, or one that failed after it was proven. */
  source: string | null;
  /** The account that it was for, where it was for one. */
  userId: string | null;
  /** attoFIL that the deal costs, decimal text. */
  cost: string | null;
}

/**
 * The rows and the bandwidth that one event stands for. They are stored together, once, however often the event is
 * replayed.
 */
export interface Observation {
  measurements: Measurement[];
  bandwidth: Bandwidth[];
}

/** An event, and what it stands for. */
export interface ObservedEvent {
  /** Decimal text. */
  eventId: string;
  /** When it happened: it decides the day and the hour. */
  at: Date;
  observation: Observation;
}

const blank: Omit<Measurement, 'kind' | 'ok'> = {
  miner: null,
  dealId: null,
  carId: null,
  cid: null,
  phase: null,
  reason: null,
  ms: null,
  bytes: null,
  source: null,
  userId: null,
  cost: null,
};

/** A row with nothing known beside what is given. */
export function measurement(kind: MeasurementKind, ok: boolean, rest: Partial<Measurement> = {}): Measurement {
  return { ...blank, kind, ok, ...rest };
}

/**
 * Sums entries that fall into one row (channel, direction, subject, account), so that a flush writes each row once. The
 * entries given are not changed.
 */
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
