import { Injectable } from '@nestjs/common';
import { ContentFigures } from '../../content/index.js';
import { Database, execute, type Tx } from '../../platform/prisma/index.js';
import { DagFigures } from '../../storage/index.js';
import { type Bandwidth, hourOf, type Measurement, type Observation, sumBandwidth } from '../domain/observation.js';
import { ADD_BANDWIDTH, addToDay, type DayCounter } from './observation.sql.js';

/** Which counter of a miner's day a measurement adds to. */
const DAY_COUNTERS: Partial<Record<Measurement['kind'], (row: Measurement) => DayCounter | null>> = {
  proposal: () => 'proposals',
  accept: (row) => (row.ok ? 'accepted' : null),
  publish: () => 'published',
  seal: () => 'active',
  failure: () => 'failed',
  slash: () => 'slashed',
  retrieval: (row) => (row.ok ? 'retrievals' : 'retrievals_failed'),
};

/**
 * Writes measurements (`measurements`), and with them, in the same transaction, what is rolled up from them
 * (`miner_days`, `bandwidth_hours`).
 */
@Injectable()
export class PostgresObservationStore {
  constructor(
    private readonly database: Database,
    private readonly dags: DagFigures,
    private readonly contents: ContentFigures,
  ) {}

  /**
   * Stores what one event stands for, with its roll-ups, in one transaction: all of it or nothing. Idempotent by event:
   * false when this event was stored before (or measures nothing), and nothing was added. Two callers with one event:
   * one of them gets false. `at` is when it happened; it decides the day and the hour.
   */
  async record(eventId: string, at: Date, observation: Observation): Promise<boolean> {
    if (observation.measurements.length === 0) return false;
    const bandwidth = await this.withOwners(observation.bandwidth);
    return this.database.transaction(async (tx) => {
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
      for (const row of observation.measurements) await countInDay(tx, at, row);
      await addBandwidth(tx, at, bandwidth);
      return true;
    });
  }

  /**
   * Bytes that were counted in memory since the last flush, added to the hour of `at`. Not idempotent: adds each time
   * that it is called.
   */
  async addBandwidth(at: Date, entries: readonly Bandwidth[]): Promise<void> {
    const bandwidth = await this.withOwners(entries);
    await this.database.transaction((tx) => addBandwidth(tx, at, bandwidth));
  }

  /**
   * Entries that say no account belong to that of the oldest content of their root; to none where there is no
   * content.
   */
  private async withOwners(entries: readonly Bandwidth[]): Promise<Bandwidth[]> {
    const ids = await this.dags.idsOf([
      ...new Set(entries.filter(({ userId }) => userId === '').map(({ subject }) => subject)),
    ]);
    const owners = await this.contents.ownersOf([...ids.values()]);
    return entries.map((entry) => {
      const dagId = ids.get(entry.subject);
      const owner = dagId === undefined ? undefined : owners.get(dagId);
      return entry.userId === '' && owner !== undefined ? { ...entry, userId: owner } : entry;
    });
  }
}

/** The UTC day on which it happened, which may not be the day on which it is written. */
async function countInDay(tx: Tx, at: Date, row: Measurement): Promise<void> {
  const counter = DAY_COUNTERS[row.kind]?.(row) ?? null;
  if (counter === null || row.miner === null) return;
  const bytes = row.kind === 'retrieval' ? (row.bytes ?? 0) : 0;
  await execute(tx, addToDay(counter), [row.miner, at.toISOString().slice(0, 10), bytes]);
}

/** One statement, whatever the number of rows. */
async function addBandwidth(tx: Tx, at: Date, entries: readonly Bandwidth[]): Promise<void> {
  // Rows are locked in one order, so that two flushes cannot wait for each other.
  const rows = sumBandwidth(entries).sort((a, b) =>
    a.subject + a.userId + a.channel < b.subject + b.userId + b.channel ? -1 : 1,
  );
  if (rows.length === 0) return;
  await execute(tx, ADD_BANDWIDTH, [
    hourOf(at),
    rows.map((row) => row.channel),
    rows.map((row) => row.direction),
    rows.map((row) => row.subject),
    rows.map((row) => row.userId),
    rows.map((row) => row.bytes),
    rows.map((row) => row.requests),
  ]);
}
