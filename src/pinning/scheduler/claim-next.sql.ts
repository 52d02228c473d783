/**
 * Hops from account to account over the index of waiting pins: a loose index scan, as long as the accounts are many, not the pins.
 * Ordered as that index is, or the planner may take one in which the pins of accounts that wait for nothing lie in between.
 * A part of WITH RECURSIVE; the last row is null.
 */
const WAITING = `
waiting AS (
  (SELECT user_id FROM pins WHERE status = 'queued' AND deleted_at IS NULL ORDER BY user_id, due_at LIMIT 1)
  UNION ALL
  SELECT (SELECT user_id FROM pins WHERE status = 'queued' AND deleted_at IS NULL AND user_id > waiting.user_id ORDER BY user_id, due_at LIMIT 1)
  FROM waiting WHERE waiting.user_id IS NOT NULL
), running AS (
  SELECT user_id, count(*) AS pins FROM pins WHERE status = 'pinning' AND deleted_at IS NULL GROUP BY user_id
)`;

/**
 * Takes each waiting account's pin that has been due longest, and of these the one whose turn it is.
 * $1 now, $2 the lease's end, $3 and $4 the accounts whose weight is not 1, and their weights.
 */
export const CLAIM_NEXT = `
WITH RECURSIVE ${WAITING}, next AS (
  SELECT head.request_id FROM waiting
  CROSS JOIN LATERAL (
    SELECT request_id, due_at FROM pins
    WHERE user_id = waiting.user_id AND status = 'queued' AND deleted_at IS NULL AND due_at <= $1
    ORDER BY due_at LIMIT 1) head
  LEFT JOIN running USING (user_id)
  LEFT JOIN pin_turns turn USING (user_id)
  LEFT JOIN unnest($3::uuid[], $4::float8[]) AS weighted(user_id, weight) USING (user_id)
  ORDER BY coalesce(running.pins, 0) / coalesce(weighted.weight, 1), turn.served_at NULLS FIRST, head.due_at LIMIT 1
)
UPDATE pins SET status = 'pinning', attempts = attempts + 1, lease_until = $2, updated_at = $1
FROM next WHERE pins.request_id = next.request_id AND pins.status = 'queued' AND pins.deleted_at IS NULL
RETURNING pins.*`;

/** The database's clock, which goes on between two claims of one millisecond. */
export const SERVED = `
INSERT INTO pin_turns (user_id, served_at) VALUES ($1, clock_timestamp())
ON CONFLICT (user_id) DO UPDATE SET served_at = excluded.served_at`;

/** $1 now, $2 how far to count what is due. */
export const SHARES = `
WITH RECURSIVE ${WAITING}, due AS (
  SELECT waiting.user_id, heads.pins FROM waiting
  CROSS JOIN LATERAL (
    SELECT count(*) AS pins FROM (
      SELECT FROM pins WHERE user_id = waiting.user_id AND status = 'queued' AND deleted_at IS NULL AND due_at <= $1
      ORDER BY due_at LIMIT $2) AS counted) heads
  WHERE waiting.user_id IS NOT NULL AND heads.pins > 0
)
SELECT user_id, coalesce(running.pins, 0)::int AS running, coalesce(due.pins, 0)::int AS due FROM running FULL JOIN due USING (user_id)`;
