import { Injectable } from '@nestjs/common';
import { ContentFigures } from '../../content/index.js';
import { Database, execute, type Tx } from '../../platform/prisma/index.js';
import { DagFigures } from '../../storage/index.js';
import { type Bandwidth, hourOf, type Measurement, type ObservedEvent, sumBandwidth } from '../domain/observation.js';
import { rollUpBandwidth, rollUpMeasurement } from '../domain/rollup.js';
import { ADD_BANDWIDTH, addToDay, type DayCounter } from './observation.sql.js';
import { addRollups } from './postgres-rollup.store.js';

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
 * (`miner_days`, `bandwidth_hours`, `rollup_hours`, `rollup_days`).
 */
@Injectable()
export class PostgresObservationStore {
  constructor(
    private readonly database: Database,
    private readonly dags: DagFigures,
    private readonly contents: ContentFigures,
  ) {}

  /**
   * Stores what events stand for, with the roll-ups, in one transaction: all of it or nothing. Idempotent by event: one
   * that was stored before, or measures nothing, adds nothing; of two callers with one event, one adds it.
   */
  async record(events: readonly ObservedEvent[]): Promise<void> {
    const observed = events.filter(({ observation }) => observation.measurements.length > 0);
    if (observed.length === 0) return;
    const owners = await this.ownersOf(observed.flatMap(({ observation }) => observation.bandwidth));
    await this.database.transaction(async (tx) => {
      const rows = await tx.measurement.createManyAndReturn({
        data: observed.flatMap((event) => event.observation.measurements.map((row) => rowOf(event, row))),
        skipDuplicates: true,
        select: { eventId: true },
      });
      const stored = new Set(rows.map(({ eventId }) => eventId.toString()));
      const fresh = observed.filter(({ eventId }) => stored.has(eventId));
      for (const { at, observation } of fresh)
        for (const row of observation.measurements) await countInDay(tx, at, row);
      const hours = byHour(fresh).map(([hour, entries]) => [hour, owners(entries)] as const);
      for (const [hour, entries] of hours) await addBandwidth(tx, hour, entries);
      await addRollups(tx, [
        ...fresh.flatMap(({ at, observation }) =>
          observation.measurements.flatMap((row) => rollUpMeasurement(row, at)),
        ),
        ...hours.flatMap(([hour, entries]) => entries.flatMap((entry) => rollUpBandwidth(hour, entry))),
      ]);
    });
  }

  /**
   * Bytes that were counted in memory since the last flush, added to the hour of `at`. Not idempotent: adds each time
   * that it is called.
   */
  async addBandwidth(at: Date, entries: readonly Bandwidth[]): Promise<void> {
    const owners = await this.ownersOf(entries);
    const hour = hourOf(at);
    await this.database.transaction(async (tx) => {
      const owned = owners(entries);
      await addBandwidth(tx, hour, owned);
      await addRollups(
        tx,
        owned.flatMap((entry) => rollUpBandwidth(hour, entry)),
      );
    });
  }

  /**
   * Entries that say no account belong to that of the oldest content of their root; to none where there is no
   * content.
   */
  private async ownersOf(all: readonly Bandwidth[]): Promise<(entries: readonly Bandwidth[]) => Bandwidth[]> {
    const ids = await this.dags.idsOf([
      ...new Set(all.filter(({ userId }) => userId === '').map(({ subject }) => subject)),
    ]);
    const owners = await this.contents.ownersOf([...ids.values()]);
    const ownerOf = ({ subject, userId }: Bandwidth) =>
      userId === '' ? owners.get(ids.get(subject) ?? -1n) : undefined;
    return (entries) => entries.map((entry) => ({ ...entry, userId: ownerOf(entry) ?? entry.userId }));
  }
}

function rowOf({ eventId, at }: ObservedEvent, row: Measurement) {
  return {
    ...row,
    at,
    eventId: BigInt(eventId),
    dealId: row.dealId === null ? null : BigInt(row.dealId),
    bytes: row.bytes === null ? null : BigInt(row.bytes),
    ms: row.ms === null ? null : Math.round(row.ms),
  };
}

/** What crossed our border, by the hour in which it did, in the order of the hours: two callers lock rows alike. */
function byHour(events: readonly ObservedEvent[]): [hour: Date, entries: Bandwidth[]][] {
  const hours = new Map<number, Bandwidth[]>();
  for (const { at, observation } of events) {
    const hour = hourOf(at).getTime();
    const entries = hours.get(hour) ?? [];
    entries.push(...observation.bandwidth);
    hours.set(hour, entries);
  }
  return [...hours].sort(([a], [b]) => a - b).map(([hour, entries]) => [new Date(hour), entries]);
}

/** The UTC day on which it happened, which may not be the day on which it is written. */
async function countInDay(tx: Tx, at: Date, row: Measurement): Promise<void> {
  const counter = DAY_COUNTERS[row.kind]?.(row) ?? null;
  if (counter === null || row.miner === null) return;
  const bytes = row.kind === 'retrieval' ? (row.bytes ?? 0) : 0;
  await execute(tx, addToDay(counter), [row.miner, at.toISOString().slice(0, 10), bytes]);
}

/** One statement, whatever the number of rows. */
async function addBandwidth(tx: Tx, hour: Date, entries: readonly Bandwidth[]): Promise<void> {
  // Rows are locked in one order, so that two flushes cannot wait for each other.
  const rows = sumBandwidth(entries).sort((a, b) =>
    a.subject + a.userId + a.channel < b.subject + b.userId + b.channel ? -1 : 1,
  );
  if (rows.length === 0) return;
  await execute(tx, ADD_BANDWIDTH, [
    hour,
    rows.map((row) => row.channel),
    rows.map((row) => row.direction),
    rows.map((row) => row.subject),
    rows.map((row) => row.userId),
    rows.map((row) => row.bytes),
    rows.map((row) => row.requests),
  ]);
}
