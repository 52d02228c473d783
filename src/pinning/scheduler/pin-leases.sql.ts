import { leaseSql } from '../../platform/leases/index.js';
import { sql } from '../../platform/prisma/index.js';
import type { PinRow } from '../requests/pins.sql.js';

/**
 * SQL of claims on pins. The room words its own claim, a fair share among accounts (`claim-pin.sql`), and what a worker
 * writes under its lease out of the pieces of the platform's leases.
 */

/** The time, wherever it is the first parameter. */
const NOW = leaseSql.now('$1');

/** The pin whose turn it is, claimed and announced: see `claim-pin.sql`. */
export const CLAIM_NEXT = sql<
  PinRow,
  [now: Date | null, leaseMs: number, weightedUsers: readonly string[], weights: readonly number[]]
>('SELECT * FROM claim_pin($1, $2::float8, $3::uuid[], $4::float8[])', { name: 'claim_pin' });

/** Every account with pins running or due; `mostDue`: how far to count what is due. */
export const SHARES = sql<{ user_id: string; running: number; due: number }, [now: Date | null, mostDue: number]>(`
WITH running AS (
  SELECT user_id, count(*) AS pins FROM pins WHERE status = 'pinning' AND deleted_at IS NULL GROUP BY user_id
), due AS (
  SELECT waiting.user_id, heads.pins FROM accounts_with_waiting_pins() AS waiting
  CROSS JOIN LATERAL (
    SELECT count(*) AS pins FROM (
      SELECT FROM pins WHERE user_id = waiting.user_id AND status = 'queued' AND deleted_at IS NULL AND next_check_at <= ${NOW}
      ORDER BY next_check_at LIMIT $2) AS counted) heads
  WHERE heads.pins > 0
)
SELECT user_id, coalesce(running.pins, 0)::int AS running, coalesce(due.pins, 0)::int AS due FROM running FULL JOIN due USING (user_id)`);

/** Moves the ends of many leases and writes down how far their fetches are; answers with those that are not lost. */
export const EXTEND = sql<
  { request_id: string; lease_number: number },
  [
    now: Date | null,
    leaseMs: number,
    ids: readonly string[],
    numbers: readonly number[],
    infos: readonly string[],
    lookedMs: readonly number[],
  ]
>(`
UPDATE pins SET lease_until = ${leaseSql.until('$1', '$2')}, info = mine.info::jsonb, looked_ms = mine.looked_ms
FROM unnest($3::uuid[], $4::int[], $5::text[], $6::int[]) AS mine(request_id, number, info, looked_ms)
WHERE pins.request_id = mine.request_id AND ${leaseSql.isHeld('pins', 'mine.number')} AND status = 'pinning' AND deleted_at IS NULL
RETURNING pins.request_id, pins.lease_number`);

/** A pin that nobody has claimed since is pinned: by its worker, or by the request that made it, before any worker. */
export const PINNED = sql<
  never,
  [requestId: string, leaseNumber: number, contentId: string, now: Date | null, info: string | null]
>(`
UPDATE pins SET status = 'pinned', content_id = $3::bigint, reason = NULL, ${leaseSql.released()}, updated_at = ${leaseSql.now('$4')},
  info = coalesce($5::jsonb, info)
WHERE request_id = $1::uuid AND lease_number = $2 AND status IN ('queued', 'pinning') AND deleted_at IS NULL`);

/** Changes rows, and announces each in the same statement: one round trip and one commit. Answers with their ids. */
const announced = (update: string) => `
WITH changed AS (${update} RETURNING pins.*)
SELECT request_id, announce_pin(changed)::text AS announced FROM changed`;

interface ChangedRow {
  request_id: string;
}

/** What ends a claim, but for success: $1 the request id, $2 the lease's number, $3 now as tests have it. */
const settle = (set: string) =>
  announced(`
UPDATE pins SET ${leaseSql.released()}, updated_at = ${leaseSql.now('$3')}, ${set}
WHERE request_id = $1::uuid AND ${leaseSql.isHeld('pins', '$2')} AND status = 'pinning' AND deleted_at IS NULL`);

type Settled<Rest extends readonly (Date | string | number | null)[]> = [
  requestId: string,
  leaseNumber: number,
  now: Date | null,
  ...Rest,
];

/** Back to the queue; `afterMs` null keeps the place. No row: the lease is lost, and nothing was written. */
export const RELEASE = sql<ChangedRow, Settled<[afterMs: number | null, lookedMs: number]>>(
  settle(`status = 'queued', next_check_at = coalesce(${leaseSql.until('$3', '$4')}, next_check_at), looked_ms = $5`),
);

/**
 * Back to the queue with one failure more; the search for its first block counts from 0 again. No row: the lease is
 * lost.
 */
export const RETRY = sql<ChangedRow, Settled<[afterMs: number, reason: string]>>(
  settle(
    `status = 'queued', next_check_at = ${leaseSql.until('$3', '$4')}, looked_ms = 0, reason = $5, failures = failures + 1`,
  ),
);

/** The end of the pin's way; only its owner can ask again. No row: the lease is lost. */
export const FAIL = sql<ChangedRow, Settled<[reason: string]>>(
  settle(`status = 'failed', reason = $4, failures = failures + 1`),
);

/** Leases that ran out: their workers vanished. */
export const RECLAIM = sql<ChangedRow, [now: Date | null, mostCutOffs: number]>(
  announced(`
UPDATE pins SET ${leaseSql.released()}, updated_at = ${NOW}, cut_offs = cut_offs + 1,
  status = CASE WHEN cut_offs + 1 >= $2 THEN 'failed' ELSE 'queued' END,
  reason = CASE WHEN cut_offs + 1 >= $2 THEN 'ERR_PIN_INTERRUPTED: the fetch was cut off ' || cut_offs + 1 || ' times' ELSE reason END
WHERE status = 'pinning' AND lease_until < ${NOW} AND deleted_at IS NULL`),
);

/** At most one row, the first of the partial index of queued pins on `created_at`; by the database's clock. */
export const OLDEST_QUEUED = sql<{ seconds: number }, [now: Date | null]>(
  `SELECT greatest(0, extract(epoch FROM ${NOW} - created_at))::float8 AS seconds
   FROM pins WHERE status = 'queued' AND deleted_at IS NULL ORDER BY created_at LIMIT 1`,
);
