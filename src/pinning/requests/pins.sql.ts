import { sql } from '../../platform/prisma/index.js';
import { contentId, pinRequestId, userId } from '../../shared/index.js';
import type { PinProgress, PinRecord, PinStatus } from '../pin.js';

/** A row of `pins`. */
export interface PinRow {
  request_id: string;
  user_id: string;
  cid: string;
  cid_v1: string;
  name: string | null;
  origins: string[];
  meta: Record<string, string>;
  status: PinStatus;
  reason: string | null;
  info: Partial<PinProgress>;
  content_id: bigint | null;
  lease_number: number;
  failures: number;
  looked_ms: number;
  created_at: Date;
}

/**
 * Accepts pins, as `add-pins.sql` says; answers with the place in the list and the `created` of each that was accepted.
 */
export const ADD = sql<{ n: number; created: Date }, [pins: string, asked: Date]>(
  'SELECT n, created FROM add_pins($1::jsonb, $2)',
  { name: 'add-pins' },
);

/** At most one row, by the primary key; none for a removed pin, or another account's. */
export const FIND = sql<PinRow, [requestId: string, userId: string]>(
  'SELECT * FROM pins WHERE request_id = $1::uuid AND user_id = $2::uuid AND deleted_at IS NULL',
);

/** In no order; removed pins and those of other accounts are not among them. No locks. */
export const FIND_ALL = sql<
  PinRow,
  [userId: string, requestIds: readonly string[], contentIds: readonly string[]]
>(`SELECT * FROM pins WHERE user_id = $1::uuid AND deleted_at IS NULL
   AND (request_id = ANY($2::uuid[]) OR content_id = ANY($3::bigint[]))`);

/**
 * The row is hidden, not deleted: what it refers to is let go first. No row: there is no such pin, or somebody was
 * sooner.
 */
export const REMOVE = sql<PinRow, [requestId: string, userId: string, now: Date]>(`
  UPDATE pins SET deleted_at = $3 WHERE request_id = $1::uuid AND user_id = $2::uuid AND deleted_at IS NULL RETURNING *`);

/** Hides a pin in favour of another one. */
export const REPLACE = sql<never, [requestId: string, userId: string, now: Date, by: string]>(`
  UPDATE pins SET deleted_at = $3, replaced_by = $4::uuid
  WHERE request_id = $1::uuid AND user_id = $2::uuid AND deleted_at IS NULL`);

/** What one pin was to replace waits for its successor from now on. */
export const PASS_ON = sql<never, [requestId: string, successor: string]>(
  'UPDATE pins SET replaced_by = $2::uuid WHERE replaced_by = $1::uuid',
);

/** Removed pins whose content nothing holds back, the first removed first. */
export const REMOVED = sql<PinRow, [limit: number]>(`
  SELECT * FROM pins gone WHERE deleted_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM pins next WHERE next.request_id = gone.replaced_by AND next.deleted_at IS NULL AND next.status <> 'pinned')
  ORDER BY deleted_at LIMIT $1`);

/** The row itself; a pin that was not removed before stays. */
export const PURGE = sql<never, [requestId: string]>(
  'DELETE FROM pins WHERE request_id = $1::uuid AND deleted_at IS NOT NULL',
);

/** By the partial index on `content_id`; also pins that were removed and wait for their content to go. */
export const REMOVE_OF_CONTENT = sql<never, [contentId: string]>('DELETE FROM pins WHERE content_id = $1::bigint');

/** All pins by status: the sums of the whole platform, and what was not added to them yet. */
export const COUNT_BY_STATUS = sql<{ status: PinStatus; pins: bigint }, []>(`
  SELECT status, sum(pins)::bigint AS pins FROM (
    SELECT status, pins FROM pin_tallies WHERE user_id = '00000000-0000-0000-0000-000000000000' AND level = 4
    UNION ALL SELECT status, pins FROM pin_deltas) noted GROUP BY status`);

/** One row for each account that has, or had, pins; by the indexes of the two tables that begin with `user_id`. */
export const COUNT_OF_USERS = sql<{ user_id: string; pins: bigint }, [users: readonly string[]]>(`
  SELECT user_id, sum(pins)::bigint AS pins FROM (
    SELECT user_id, pins FROM pin_tallies WHERE user_id = ANY ($1::uuid[]) AND level = 3
    UNION ALL SELECT user_id, pins FROM pin_deltas WHERE user_id = ANY ($1::uuid[])) noted GROUP BY user_id`);

/** How many changes were added to the sums; 0 also when another process is at it (fold-pin-deltas.sql). */
export const FOLD = sql<{ folded: number }, [most: number]>('SELECT fold_pin_deltas($1) AS folded');

/** The row as the room speaks of it. It is not looked at whether the pin was removed. */
export function pinOf(row: PinRow): PinRecord {
  return {
    requestId: pinRequestId(row.request_id),
    userId: userId(row.user_id),
    cid: row.cid,
    cidV1: row.cid_v1,
    name: row.name,
    origins: row.origins,
    meta: row.meta,
    status: row.status,
    reason: row.reason,
    progress: progressOf(row.info),
    contentId: row.content_id === null ? null : contentId(row.content_id),
    leaseNumber: row.lease_number,
    failures: row.failures,
    lookedMs: row.looked_ms,
    createdAt: row.created_at,
  };
}

/** Anything else names no pin; PostgreSQL would refuse to compare it. */
export function isRequestId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** The same for the ids of contents. */
export function isRowId(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}

/** Null as long as nobody has begun. */
function progressOf({ blocks, bytes, sources }: Partial<PinProgress>): PinProgress | null {
  return blocks === undefined || bytes === undefined ? null : { blocks, bytes, sources: sources ?? 0 };
}
