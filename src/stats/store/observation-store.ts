import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../platform/prisma/index.js';
import { hourOf, sumBandwidth, type Bandwidth } from '../domain/bandwidth.js';
import type { Measurement, Observation } from '../domain/measurement.js';

/** Which counter of a miner's day a measurement adds to. */
const DAY_COUNTER: Partial<Record<Measurement['kind'], (row: Measurement) => string>> = {
  proposal: () => 'proposals',
  accept: (row) => (row.ok ? 'accepted' : ''),
  publish: () => 'published',
  seal: () => 'active',
  failure: () => 'failed',
  slash: () => 'slashed',
  retrieval: (row) => (row.ok ? 'retrievals' : 'retrievals_failed'),
};

/** Writes measurements, and with them, in the same transaction, what is rolled up from them. */
@Injectable()
export class ObservationStore {
  constructor(private readonly db: Database) {}

  /** @returns false when this event was stored before: nothing was added. */
  async record(eventId: string, at: Date, observation: Observation): Promise<boolean> {
    if (observation.measurements.length === 0) return false;
    return this.db.transaction(async (tx) => {
      const { count } = await tx.measurement.createMany({
        data: observation.measurements.map((row) => ({
          ...row,
          at,
          eventId: BigInt(eventId),
          dealId: row.dealId === null ? null : BigInt(row.dealId),
          bytes: row.bytes === null ? null : BigInt(row.bytes),
          ms: row.ms === null ? null : Math.round(row.ms),
        })),
        skipDuplicates: true,
      });
      if (count === 0) return false;
      for (const row of observation.measurements) await this.addToDay(tx, at, row);
      await addBandwidth(tx, at, observation.bandwidth);
      return true;
    });
  }

  /** Bytes that were counted in memory since the last flush. */
  async addBandwidth(at: Date, entries: readonly Bandwidth[]): Promise<void> {
    await this.db.transaction((tx) => addBandwidth(tx, at, entries));
  }

  private async addToDay(tx: Tx, at: Date, row: Measurement): Promise<void> {
    const column = DAY_COUNTER[row.kind]?.(row) ?? '';
    if (column === '' || row.miner === null) return;
    const bytes = row.kind === 'retrieval' ? (row.bytes ?? 0) : 0;
    // `column` comes from the table above, never from outside.
    await tx.$executeRawUnsafe(
      `INSERT INTO miner_days (miner, day, ${column}, bytes) VALUES ($1, $2::date, 1, $3)
       ON CONFLICT (miner, day) DO UPDATE SET ${column} = miner_days.${column} + 1, bytes = miner_days.bytes + excluded.bytes`,
      row.miner,
      at.toISOString().slice(0, 10),
      bytes,
    );
  }
}

async function addBandwidth(tx: Tx, at: Date, entries: readonly Bandwidth[]): Promise<void> {
  // Rows are locked in one order, so that two flushes cannot wait for each other.
  const rows = sumBandwidth(entries).sort((a, b) =>
    a.subject + a.userId + a.channel < b.subject + b.userId + b.channel ? -1 : 1,
  );
  if (rows.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO bandwidth_hours (hour, channel, direction, subject, user_id, bytes, requests)
    SELECT ${hourOf(at)}::timestamptz, entry.channel, entry.direction, entry.subject,
           CASE WHEN entry.user_id <> '' THEN entry.user_id ELSE coalesce(owner.user_id::text, '') END, entry.bytes, entry.requests
    FROM unnest(
      ${rows.map((row) => row.channel)}::text[], ${rows.map((row) => row.direction)}::text[], ${rows.map((row) => row.subject)}::text[],
      ${rows.map((row) => row.userId)}::text[], ${rows.map((row) => row.bytes)}::bigint[], ${rows.map((row) => row.requests)}::int[]
    ) AS entry (channel, direction, subject, user_id, bytes, requests)
    LEFT JOIN LATERAL (
      SELECT contents.user_id FROM dags JOIN contents ON contents.dag_id = dags.id
      WHERE entry.user_id = '' AND dags.root = entry.subject ORDER BY contents.id LIMIT 1
    ) AS owner ON true
    ON CONFLICT (hour, channel, direction, subject, user_id)
    DO UPDATE SET bytes = bandwidth_hours.bytes + excluded.bytes, requests = bandwidth_hours.requests + excluded.requests`;
}
