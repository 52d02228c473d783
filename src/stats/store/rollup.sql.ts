import { sql, type Statement } from '../../platform/prisma/index.js';
import type { RollupScope, RollupSum } from '../domain/rollup.js';

/** Both tables have the same columns. */
type Table = 'rollup_hours' | 'rollup_days';

/** Two arrays, item by item; the shorter one counts as zeros behind its end. */
const addArrays = (a: string, b: string) =>
  `(SELECT coalesce(array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY n), '{}') FROM unnest(${a}, ${b}) WITH ORDINALITY AS pair(x, y, n))`;

/** Adds rows to what is there. No two of them have one key; in the order given, which is the order of the locks. */
function add(table: Table): Statement<never, [rows: string]> {
  return sql(`
    INSERT INTO ${table} AS kept (scope, key, at, kind, label, count, ok, bytes, cost, ms_total, ms_min, ms_max, ms_counts,
      speed_min, speed_max, speed_counts)
    SELECT scope, key, at, kind, label, count, ok, bytes, cost, ms_total, ms_min, ms_max, ms_counts, speed_min, speed_max, speed_counts
    FROM jsonb_to_recordset($1::jsonb) AS row (scope text, key text, at timestamptz, kind text, label text, count bigint, ok bigint,
      bytes bigint, cost numeric, ms_total bigint, ms_min bigint, ms_max bigint, ms_counts bigint[], speed_min bigint,
      speed_max bigint, speed_counts bigint[])
    ON CONFLICT (scope, key, at, kind, label) DO UPDATE SET count = kept.count + excluded.count, ok = kept.ok + excluded.ok,
      bytes = kept.bytes + excluded.bytes, cost = kept.cost + excluded.cost, ms_total = kept.ms_total + excluded.ms_total,
      ms_min = least(kept.ms_min, excluded.ms_min), ms_max = greatest(kept.ms_max, excluded.ms_max),
      ms_counts = ${addArrays('kept.ms_counts', 'excluded.ms_counts')},
      speed_min = least(kept.speed_min, excluded.speed_min), speed_max = greatest(kept.speed_max, excluded.speed_max),
      speed_counts = ${addArrays('kept.speed_counts', 'excluded.speed_counts')}`);
}

export const ADD_HOURS = add('rollup_hours');
export const ADD_DAYS = add('rollup_days');

/** One row of either table, its arrays as JSON. */
export interface RollupRow {
  scope: RollupScope;
  key: string;
  at: Date;
  kind: string;
  label: string;
  count: bigint;
  ok: bigint;
  bytes: bigint;
  cost: string;
  msTotal: bigint;
  msMin: bigint | null;
  msMax: bigint | null;
  msCounts: number[];
  speedMin: bigint | null;
  speedMax: bigint | null;
  speedCounts: number[];
}

const COLUMNS = `scope, key, at, kind, label, count, ok, bytes, cost, ms_total AS "msTotal", ms_min AS "msMin", ms_max AS "msMax",
  to_json(ms_counts) AS "msCounts", speed_min AS "speedMin", speed_max AS "speedMax", to_json(speed_counts) AS "speedCounts"`;

/** All rows of one subject since then, oldest first; `kinds` null: of every kind. By the primary key. */
function since(
  table: Table,
): Statement<RollupRow, [scope: string, key: string, since: Date, kinds: readonly string[] | null]> {
  return sql(`
    SELECT ${COLUMNS} FROM ${table}
    WHERE scope = $1 AND key = $2 AND at >= $3 AND ($4::text[] IS NULL OR kind = ANY($4::text[])) ORDER BY at, kind, label`);
}

export const HOURS_SINCE = since('rollup_hours');
export const DAYS_SINCE = since('rollup_days');

/** Of one subject and some kinds, by day, oldest first. By the primary key. */
export const DAILY = sql<RollupSum, [scope: string, key: string, since: Date, kinds: readonly string[]]>(`
  SELECT at, kind, label, count, ok, bytes, cost FROM rollup_days
  WHERE scope = $1 AND key = $2 AND at >= $3 AND kind = ANY($4::text[]) ORDER BY at, kind, label`);

/** The same over all its days before a day, as one row for each kind and label. */
export const SUMS_BEFORE = sql<
  Omit<RollupSum, 'at'>,
  [scope: string, key: string, before: Date, kinds: readonly string[]]
>(`
  SELECT kind, label, sum(count)::bigint AS count, sum(ok)::bigint AS ok, sum(bytes)::bigint AS bytes, sum(cost) AS cost
  FROM rollup_days WHERE scope = $1 AND key = $2 AND at < $3 AND kind = ANY($4::text[]) GROUP BY kind, label ORDER BY kind, label`);

/** Of the platform, by the hour, newest first. */
export const HOURLY = sql<
  { hour: Date; channel: string; direction: string; bytes: bigint; requests: bigint },
  [since: Date]
>(`
  SELECT at AS hour, label AS channel, substr(kind, 7) AS direction, bytes, count AS requests FROM rollup_hours
  WHERE scope = 'platform' AND key = '' AND at >= $1 AND kind IN ('bytes-in', 'bytes-out') ORDER BY at DESC, label, kind`);

/** To the end of this transaction: as long as it takes. */
export const STATEMENTS_MAY_TAKE = sql('SET LOCAL statement_timeout = 0');
export const LOCKS_MAY_TAKE = sql('SET LOCAL lock_timeout = 0');

/**
 * Writers wait until this transaction ends, and none of them has written half of what it writes; readers go on. In the
 * order in which writers come to these tables, or two would wait for each other.
 */
export const LOCK_ROLLUPS = sql('LOCK TABLE miner_days, rollup_hours, rollup_days IN EXCLUSIVE MODE');
export const CLEAR_HOURS = sql('DELETE FROM rollup_hours');
export const CLEAR_DAYS = sql('DELETE FROM rollup_days');
export const CLEAR_MINER_DAYS = sql('DELETE FROM miner_days');

/** Measurements behind one id, in the order of ids. */
export interface MeasurementRow {
  id: bigint;
  at: Date;
  kind: string;
  miner: string | null;
  ok: boolean;
  phase: string | null;
  reason: string | null;
  ms: number | null;
  bytes: bigint | null;
  source: string | null;
  userId: string | null;
  cost: string | null;
}

export const MEASUREMENTS_AFTER = sql<MeasurementRow, [after: bigint, limit: number]>(`
  SELECT id, at, kind, miner, ok, phase, reason, ms, bytes, source, user_id::text AS "userId", cost
  FROM measurements WHERE id > $1 ORDER BY id LIMIT $2`);

/** What `rollUpBandwidth` says of one entry, of all of them. */
function fromBandwidth(table: Table): Statement<never, []> {
  const at = table === 'rollup_hours' ? 'hour' : `date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;
  const content = `UNION ALL SELECT 'content', subject, hour, direction, channel, bytes, requests FROM bandwidth_hours
      WHERE channel IN ('gateway', 'piece', 'bitswap', 'retrieval')`;
  return sql(`
    INSERT INTO ${table} (scope, key, at, kind, label, count, ok, bytes, cost, ms_total, ms_counts, speed_counts)
    SELECT scope, key, ${at}, 'bytes-' || direction, channel, sum(requests), sum(requests), sum(bytes), 0, 0, '{}', '{}' FROM (
      SELECT 'platform' AS scope, '' AS key, hour, direction, channel, bytes, requests FROM bandwidth_hours
      UNION ALL SELECT 'account', user_id, hour, direction, channel, bytes, requests FROM bandwidth_hours WHERE user_id <> ''
      ${table === 'rollup_days' ? content : ''}
    ) AS each GROUP BY 1, 2, 3, 4, 5`);
}

export const HOURS_FROM_BANDWIDTH = fromBandwidth('rollup_hours');
export const DAYS_FROM_BANDWIDTH = fromBandwidth('rollup_days');

/** What `addToDay` counts, of all measurements. */
export const MINER_DAYS_FROM_MEASUREMENTS = sql(`
  INSERT INTO miner_days (miner, day, proposals, accepted, published, active, failed, slashed, retrievals, retrievals_failed, bytes)
  SELECT miner, (at AT TIME ZONE 'UTC')::date, count(*) FILTER (WHERE kind = 'proposal'),
    count(*) FILTER (WHERE kind = 'accept' AND ok), count(*) FILTER (WHERE kind = 'publish'), count(*) FILTER (WHERE kind = 'seal'),
    count(*) FILTER (WHERE kind = 'failure'), count(*) FILTER (WHERE kind = 'slash'),
    count(*) FILTER (WHERE kind = 'retrieval' AND ok), count(*) FILTER (WHERE kind = 'retrieval' AND NOT ok),
    coalesce(sum(bytes) FILTER (WHERE kind = 'retrieval'), 0)
  FROM measurements WHERE miner IS NOT NULL
    AND (kind IN ('proposal', 'publish', 'seal', 'failure', 'slash', 'retrieval') OR (kind = 'accept' AND ok))
  GROUP BY 1, 2`);
