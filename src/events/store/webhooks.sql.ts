import type { Json } from '../../shared/index.js';
import { sql } from '../../platform/prisma/index.js';

/** A delivery with what is needed to send it. */
export interface ClaimedRow {
  id: bigint;
  webhook_id: string;
  round: number;
  attempts: number;
  url: string;
  secret: string;
  event_id: bigint;
  type: string;
  data: Json;
  at: Date;
}

/**
 * The oldest due delivery of each webhook that has none on its way and is not left alone: a slow receiver holds its own
 * back and nobody else's. Of two workers that choose the same one, the second finds it leased. A lease that ran out
 * belongs to nobody.
 */
export const CLAIM = sql<ClaimedRow, [limit: number, leaseSeconds: number]>(`
WITH due AS (
  SELECT oldest.id FROM webhooks w CROSS JOIN LATERAL (
    SELECT d.id FROM webhook_deliveries d
    WHERE d.state = 'pending' AND d.webhook_id = w.id AND d.due_at <= now()
    ORDER BY d.due_at, d.id LIMIT 1
  ) oldest
  WHERE w.enabled AND (w.quiet_until IS NULL OR w.quiet_until <= now())
    AND NOT EXISTS (
      SELECT FROM webhook_deliveries o WHERE o.state = 'pending' AND o.webhook_id = w.id AND o.leased_until > now()
    )
  LIMIT $1
), taken AS (
  UPDATE webhook_deliveries d
  SET leased_until = now() + $2::float8 * interval '1 second', round = d.round + 1, attempts = d.attempts + 1
  FROM due WHERE d.id = due.id AND d.state = 'pending' AND (d.leased_until IS NULL OR d.leased_until <= now())
  RETURNING d.id, d.webhook_id, d.round, d.attempts, d.account_event_id
)
SELECT t.id, t.webhook_id::text, t.round, t.attempts, w.url, w.secret, e.id AS event_id, e.type, e.payload AS data, e.at
FROM taken t JOIN webhooks w ON w.id = t.webhook_id JOIN account_events e ON e.id = t.account_event_id`);

/** Taken by the receiver. Does nothing for a lease that somebody else has by now. */
export const DELIVERED = sql<never, [id: bigint, round: number, status: number]>(`
WITH done AS (
  UPDATE webhook_deliveries SET state = 'delivered', status = $3, error = NULL, leased_until = NULL, delivered_at = now()
  WHERE id = $1::bigint AND round = $2 AND state = 'pending' RETURNING webhook_id
)
UPDATE webhooks SET failures = 0, quiet_until = NULL FROM done WHERE webhooks.id = done.webhook_id`);

/** Not taken: again after `wait` seconds, or (null) never. The webhook is left alone for `quiet` seconds. */
export const NOT_DELIVERED = sql<
  never,
  [id: bigint, round: number, status: number | null, error: string, wait: number | null, quiet: number]
>(`
WITH done AS (
  UPDATE webhook_deliveries SET
    state = CASE WHEN $5::float8 IS NULL THEN 'failed' ELSE 'pending' END, status = $3, error = $4, leased_until = NULL,
    due_at = now() + coalesce($5::float8, 0) * interval '1 second'
  WHERE id = $1::bigint AND round = $2 AND state = 'pending' RETURNING webhook_id
)
UPDATE webhooks SET failures = failures + 1, quiet_until = now() + $6::float8 * interval '1 second'
FROM done WHERE webhooks.id = done.webhook_id`);

/** One that was delivered, has failed or waits is due now, with all its attempts again. No row: there is none. */
export const REPLAY = sql<{ id: bigint }, [id: bigint, webhookId: string, userId: string]>(`
WITH again AS (
  UPDATE webhook_deliveries d SET state = 'pending', attempts = 0, due_at = now(), error = NULL, delivered_at = NULL
  FROM webhooks w
  WHERE d.id = $1::bigint AND d.webhook_id = $2::uuid AND w.id = d.webhook_id AND w.user_id = $3::uuid
  RETURNING d.id, d.webhook_id
), calm AS (
  UPDATE webhooks SET quiet_until = NULL FROM again WHERE webhooks.id = again.webhook_id
)
SELECT id FROM again`);

/** A row of the list of deliveries. */
export interface DeliveryRow {
  id: bigint;
  event_id: bigint;
  type: string;
  state: string;
  attempts: number;
  due_at: Date;
  status: number | null;
  error: string | null;
  delivered_at: Date | null;
  created_at: Date;
}

/** Newest first. `before` null: from the newest; `state` null: all. */
export const DELIVERIES = sql<
  DeliveryRow,
  [webhookId: string, before: bigint | null, state: string | null, limit: number]
>(`
SELECT d.id, d.account_event_id AS event_id, e.type, d.state, d.attempts, d.due_at, d.status, d.error, d.delivered_at,
  d.created_at
FROM webhook_deliveries d JOIN account_events e ON e.id = d.account_event_id
WHERE d.webhook_id = $1::uuid AND ($2::bigint IS NULL OR d.id < $2::bigint) AND ($3::text IS NULL OR d.state = $3)
ORDER BY d.id DESC LIMIT $4`);

/** One at a time adds webhooks to an account, until the commit. */
export const ADD_IN_TURN = sql<never, [userId: string]>(
  "SELECT pg_advisory_xact_lock(hashtextextended('tidewater.webhooks.' || $1, 0))::text",
);

/** Made unless the account has `most` already: no row then. */
export const ADD_WEBHOOK = sql<
  { id: string },
  [id: string, userId: string, url: string, types: readonly string[], secret: string, most: number]
>(`
INSERT INTO webhooks (id, user_id, url, types, secret) SELECT $1::uuid, $2::uuid, $3, $4::text[], $5
WHERE (SELECT count(*) FROM webhooks WHERE user_id = $2::uuid) < $6::int RETURNING id::text`);
