import type { Json } from '../../shared/index.js';
import { sql } from '../../platform/prisma/index.js';
import { ACCOUNT_EVENTS_CHANNEL } from '../domain/account-event.js';

/**
 * Held until the commit by whoever writes events. Ids are given behind it, so they become visible in their order: a
 * reader that has seen one will never be shown a smaller one.
 */
export const TAKE_TURN = sql<never, []>(
  "SELECT pg_advisory_xact_lock(hashtextextended('tidewater.account_events', 0))::text",
);

/** Those that are there already are passed over; deliveries for webhooks that want them are made with them. */
export const RECORD = sql<never, [events: string]>(`
WITH given AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb)
    AS x (event_id bigint, type text, subject text, user_id uuid, payload jsonb, at timestamptz)
), added AS (
  INSERT INTO account_events (event_id, type, subject, user_id, payload, at)
  SELECT event_id, type, subject, user_id, payload, at FROM given
  ON CONFLICT (event_id, type, user_id, subject) DO NOTHING
  RETURNING id, type, user_id
), wanted AS (
  INSERT INTO webhook_deliveries (webhook_id, account_event_id)
  SELECT w.id, a.id FROM added a JOIN webhooks w ON w.user_id = a.user_id
  WHERE w.enabled AND (cardinality(w.types) = 0 OR a.type = ANY (w.types))
)
SELECT pg_notify('${ACCOUNT_EVENTS_CHANNEL}', '')::text FROM (SELECT count(*) FROM added) counted (n) WHERE n > 0`);

/** What a reader sees of an event. */
export interface EventRow {
  id: bigint;
  type: string;
  data: Json;
  at: Date;
}

/** Oldest first, behind `after`. `types` null: all. */
export const PAGE = sql<EventRow, [userId: string, after: bigint, types: readonly string[] | null, limit: number]>(`
SELECT id, type, payload AS data, at FROM account_events
WHERE user_id = $1::uuid AND id > $2::bigint AND ($3::text[] IS NULL OR type = ANY ($3::text[]))
ORDER BY id LIMIT $4`);

/** Newest first, before `before` (null: from the newest). */
export const NEWEST = sql<
  EventRow,
  [userId: string, before: bigint | null, types: readonly string[] | null, limit: number]
>(`
SELECT id, type, payload AS data, at FROM account_events
WHERE user_id = $1::uuid AND ($2::bigint IS NULL OR id < $2::bigint) AND ($3::text[] IS NULL OR type = ANY ($3::text[]))
ORDER BY id DESC LIMIT $4`);

/** Whose events came behind `after`: what wakes their streams. At most 10,000 events are looked at. */
export const SINCE = sql<{ user_id: string; last: bigint }, [after: bigint]>(`
SELECT user_id::text, max(id) AS last FROM (
  SELECT id, user_id FROM account_events WHERE id > $1::bigint ORDER BY id LIMIT 10000
) recent GROUP BY user_id`);

/** One row: the newest id, 0 when there is none. */
export const LAST_ID = sql<{ last: bigint }, []>('SELECT coalesce(max(id), 0)::bigint AS last FROM account_events');

/** At most 5,000 at once; with them go their deliveries. Answers with one row for each. */
export const FORGET = sql<{ id: bigint }, [before: Date]>(`
DELETE FROM account_events WHERE id = ANY (ARRAY(
  SELECT id FROM account_events WHERE recorded_at < $1::timestamptz ORDER BY recorded_at LIMIT 5000
)) RETURNING id`);

/** Accounts with contents in a CAR, each with the number and the first hundred of them. */
export const OWNERS_OF_CAR = sql<{ user_id: string; contents: number; ids: string[] }, [carId: string]>(`
SELECT user_id::text, count(*)::int AS contents, (array_agg(content_id::text ORDER BY content_id))[1:100] AS ids
FROM (SELECT DISTINCT user_id, content_id FROM content_cars() WHERE car_id = $1::uuid) here GROUP BY user_id`);

/** The same for a root CID (CIDv1 text). */
export const OWNERS_OF_ROOT = sql<{ user_id: string; contents: number; ids: string[] }, [root: string]>(`
SELECT user_id::text, count(*)::int AS contents, (array_agg(content_id::text ORDER BY content_id))[1:100] AS ids
FROM stored_contents() WHERE root = $1 GROUP BY user_id`);
