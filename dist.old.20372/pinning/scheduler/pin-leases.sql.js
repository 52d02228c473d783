import { leaseSql } from '../../platform/leases/index.js';
import { sql } from '../../platform/prisma/index.js';
/**
 * SQL of claims on pins. The room words its own claim, a fair share among accounts (`claim-pin.sql`), and what a worker
 * writes under its lease out of the pieces of the platform's leases.
 */ /** The pin whose turn it is, claimed and announced: see `claim-pin.sql`. */ export const CLAIM_NEXT = sql('SELECT * FROM claim_pin($1, $2, $3::uuid[], $4::float8[])', {
    name: 'claim_pin'
});
/** Every account with pins running or due; `mostDue`: how far to count what is due. */ export const SHARES = sql(`
WITH running AS (
  SELECT user_id, count(*) AS pins FROM pins WHERE status = 'pinning' AND deleted_at IS NULL GROUP BY user_id
), due AS (
  SELECT waiting.user_id, heads.pins FROM accounts_with_waiting_pins() AS waiting
  CROSS JOIN LATERAL (
    SELECT count(*) AS pins FROM (
      SELECT FROM pins WHERE user_id = waiting.user_id AND status = 'queued' AND deleted_at IS NULL AND next_check_at <= $1
      ORDER BY next_check_at LIMIT $2) AS counted) heads
  WHERE heads.pins > 0
)
SELECT user_id, coalesce(running.pins, 0)::int AS running, coalesce(due.pins, 0)::int AS due FROM running FULL JOIN due USING (user_id)`);
/** Moves the ends of many leases and writes down how far their fetches are; answers with those that are not lost. */ export const EXTEND = sql(`
UPDATE pins SET lease_until = $1, info = mine.info::jsonb, looked_ms = mine.looked_ms
FROM unnest($2::uuid[], $3::int[], $4::text[], $5::int[]) AS mine(request_id, number, info, looked_ms)
WHERE pins.request_id = mine.request_id AND ${leaseSql.isHeld('pins', 'mine.number')} AND status = 'pinning' AND deleted_at IS NULL
RETURNING pins.request_id, pins.lease_number`);
/** A pin that nobody has claimed since is pinned: by its worker, or by the request that made it, before any worker. */ export const PINNED = sql(`
UPDATE pins SET status = 'pinned', content_id = $3::bigint, reason = NULL, ${leaseSql.released()}, updated_at = $4,
  info = coalesce($5::jsonb, info)
WHERE request_id = $1::uuid AND lease_number = $2 AND status IN ('queued', 'pinning') AND deleted_at IS NULL`);
/** Changes rows, and announces each in the same statement: one round trip and one commit. Answers with their ids. */ const announced = (update)=>`
WITH changed AS (${update} RETURNING pins.*)
SELECT request_id, announce_pin(changed)::text AS announced FROM changed`;
/** What ends a claim, but for success: $1 the request id, $2 the lease's number, $3 now. */ const settle = (set)=>announced(`
UPDATE pins SET ${leaseSql.released()}, updated_at = $3, ${set}
WHERE request_id = $1::uuid AND ${leaseSql.isHeld('pins', '$2')} AND status = 'pinning' AND deleted_at IS NULL`);
export const RELEASE = sql(settle(`status = 'queued', next_check_at = coalesce($4, next_check_at), looked_ms = $5`));
export const RETRY = sql(settle(`status = 'queued', next_check_at = $4, looked_ms = 0, reason = $5, failures = failures + 1`));
export const FAIL = sql(settle(`status = 'failed', reason = $4, failures = failures + 1`));
/** Leases that ran out: their workers vanished. */ export const RECLAIM = sql(announced(`
UPDATE pins SET ${leaseSql.released()}, updated_at = $1, cut_offs = cut_offs + 1,
  status = CASE WHEN cut_offs + 1 >= $2 THEN 'failed' ELSE 'queued' END,
  reason = CASE WHEN cut_offs + 1 >= $2 THEN 'ERR_PIN_INTERRUPTED: the fetch was cut off ' || cut_offs + 1 || ' times' ELSE reason END
WHERE status = 'pinning' AND lease_until < $1 AND deleted_at IS NULL`));
export const OLDEST_QUEUED = sql(`SELECT created_at FROM pins WHERE status = 'queued' AND deleted_at IS NULL ORDER BY created_at LIMIT 1`);

//# sourceMappingURL=pin-leases.sql.js.map
