import { Injectable } from '@nestjs/common';
import { Database, execute, json, query, type Tx } from '../../platform/prisma/index.js';
import type { Measurement } from '../domain/observation.js';
import {
  type Rollup,
  type RollupScope,
  type RollupSum,
  rollUpMeasurement,
  sumRollups,
  toDays,
} from '../domain/rollup.js';
import {
  ADD_DAYS,
  ADD_HOURS,
  CLEAR_DAYS,
  CLEAR_HOURS,
  CLEAR_MINER_DAYS,
  DAILY,
  DAYS_FROM_BANDWIDTH,
  DAYS_SINCE,
  HOURLY,
  HOURS_FROM_BANDWIDTH,
  HOURS_SINCE,
  LOCK_ROLLUPS,
  LOCKS_MAY_TAKE,
  MEASUREMENTS_AFTER,
  type MeasurementRow,
  MINER_DAYS_FROM_MEASUREMENTS,
  type RollupRow,
  STATEMENTS_MAY_TAKE,
  SUMS_BEFORE,
} from './rollup.sql.js';

const PAGE = 10_000;
/** As long as it takes: whoever writes meanwhile waits for it. */
const REBUILD_MS = 6 * 3_600_000;
const BUILT = 'built';

/** Tables `rollup_hours`, `rollup_days` and `rollup_state`; when they are rebuilt, `miner_days` too. */
@Injectable()
export class PostgresRollupStore {
  constructor(private readonly database: Database) {}

  /** Rows of one subject since an hour, with their histograms. */
  async hours(scope: RollupScope, key: string, since: Date): Promise<Rollup[]> {
    return (await query(this.database, HOURS_SINCE, [scope, key, since, null])).map(toRollup);
  }

  /** Rows of one subject since a day, with their histograms. */
  async days(scope: RollupScope, key: string, since: Date): Promise<Rollup[]> {
    return (await query(this.database, DAYS_SINCE, [scope, key, since, null])).map(toRollup);
  }

  /** Some kinds of one subject by day, oldest first, without histograms. */
  async daily(scope: RollupScope, key: string, since: Date, kinds: readonly string[]): Promise<RollupSum[]> {
    return query(this.database, DAILY, [scope, key, since, kinds]);
  }

  /** The same over all days before one. */
  async before(
    scope: RollupScope,
    key: string,
    before: Date,
    kinds: readonly string[],
  ): Promise<Omit<RollupSum, 'at'>[]> {
    return query(this.database, SUMS_BEFORE, [scope, key, before, kinds]);
  }

  /** Bytes of the platform by hour, channel and direction, newest first. */
  async bandwidth(since: Date) {
    return query(this.database, HOURLY, [since]);
  }

  /** Whether what older releases measured has been rolled up. */
  async isBuilt(): Promise<boolean> {
    return (await this.database.rollupState.findUnique({ where: { key: BUILT } })) !== null;
  }

  /**
   * All roll-ups anew from `measurements` and `bandwidth_hours`, in one transaction: readers see the old ones until it
   * commits, and whoever measures meanwhile waits, so nothing is missed and nothing counts twice. May be killed at any
   * moment, and repeated.
   */
  async rebuild(now: Date, options: { unlessBuilt: boolean }): Promise<{ measurements: number } | null> {
    return this.database.transaction(
      async (tx) => {
        await execute(tx, STATEMENTS_MAY_TAKE, []);
        await execute(tx, LOCKS_MAY_TAKE, []);
        await execute(tx, LOCK_ROLLUPS, []);
        if (options.unlessBuilt && (await tx.rollupState.findUnique({ where: { key: BUILT } }))) return null;
        await execute(tx, CLEAR_HOURS, []);
        await execute(tx, CLEAR_DAYS, []);
        await execute(tx, CLEAR_MINER_DAYS, []);
        await execute(tx, HOURS_FROM_BANDWIDTH, []);
        await execute(tx, DAYS_FROM_BANDWIDTH, []);
        await execute(tx, MINER_DAYS_FROM_MEASUREMENTS, []);
        const measurements = await this.addMeasured(tx);
        await tx.rollupState.upsert({ where: { key: BUILT }, create: { key: BUILT, at: now }, update: { at: now } });
        return { measurements };
      },
      { timeout: REBUILD_MS },
    );
  }

  private async addMeasured(tx: Tx): Promise<number> {
    let measured = 0;
    for (let after = 0n; ;) {
      const page = await query(tx, MEASUREMENTS_AFTER, [after, PAGE]);
      const last = page.at(-1);
      if (!last) return measured;
      await addRollups(
        tx,
        page.flatMap((row) => rollUpMeasurement(toMeasurement(row), row.at)),
      );
      measured += page.length;
      after = last.id;
    }
  }
}

/**
 * Adds rows of hours to their hours and to their days, in the caller's transaction. Not idempotent: the caller knows
 * that what they stand for was not counted before.
 */
export async function addRollups(tx: Tx, rows: readonly Rollup[]): Promise<void> {
  const hours = sumRollups(rows.filter(({ scope }) => scope !== 'content'));
  const days = sumRollups(toDays(rows));
  if (hours.length > 0) await execute(tx, ADD_HOURS, [json(hours.map(toWire))]);
  if (days.length > 0) await execute(tx, ADD_DAYS, [json(days.map(toWire))]);
}

function toWire({ cost, ms, speed, ...row }: Rollup) {
  return {
    ...row,
    cost: cost.toString(),
    ms_total: ms.total,
    ms_min: ms.min,
    ms_max: ms.max,
    ms_counts: ms.counts,
    speed_min: speed.min,
    speed_max: speed.max,
    speed_counts: speed.counts,
  };
}

const numberOrNull = (value: bigint | null) => (value === null ? null : Number(value));

function toRollup(row: RollupRow): Rollup {
  return {
    scope: row.scope,
    key: row.key,
    at: row.at,
    kind: row.kind,
    label: row.label,
    count: Number(row.count),
    ok: Number(row.ok),
    bytes: Number(row.bytes),
    cost: BigInt(row.cost),
    ms: {
      total: Number(row.msTotal),
      min: numberOrNull(row.msMin),
      max: numberOrNull(row.msMax),
      counts: row.msCounts,
    },
    speed: { total: 0, min: numberOrNull(row.speedMin), max: numberOrNull(row.speedMax), counts: row.speedCounts },
  };
}

function toMeasurement(row: MeasurementRow): Measurement {
  const { kind, miner, ok, phase, reason, ms, bytes, source, userId, cost } = row;
  return {
    kind: kind as Measurement['kind'],
    miner,
    ok,
    phase,
    reason,
    ms,
    bytes: bytes === null ? null : Number(bytes),
    source,
    userId,
    cost,
    dealId: null,
    carId: null,
    cid: null,
  };
}
