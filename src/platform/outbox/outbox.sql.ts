import type { Json } from '../../shared/index.js';
import { sql } from '../prisma/index.js';

/** The channel on which the database wakes the relay when a transaction with events commits. */
export const OUTBOX_CHANNEL = 'tidewater_outbox';

/** Payloads are JSON texts, in the order in which the events get their ids. */
export const ADD_EVENTS = sql<never, [name: string, payloads: readonly string[]]>(`
WITH added AS (INSERT INTO outbox (name, payload) SELECT $1, unnest($2::text[])::jsonb)
SELECT pg_notify('${OUTBOX_CHANNEL}', '')`);

/** What a relay or a subscriber sees of an event. */
export interface OutboxRow {
  id: bigint;
  name: string;
  payload: Json;
  at: Date;
  /** Who has not handled it yet. */
  pending: string[];
  /** Which dispatch this is. */
  dispatches: number;
}

/**
 * Dispatch rounds after which an event is left to people: it stays, is counted, and can be let loose by setting
 * `dispatches` to 0.
 */
export const MAX_DISPATCHES = 12;

const COLUMNS = 'id, name, payload, created_at AS at, pending, dispatches';

/** The oldest that fulfil a condition and that no other relay has locked. */
const claim = (condition: string, pending: string) => `
  WITH taken AS (SELECT id AS taken_id FROM outbox WHERE ${condition} ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
  UPDATE outbox SET dispatched_at = now(), dispatches = dispatches + $3::int, pending = ${pending}
  FROM taken WHERE id = taken_id RETURNING ${COLUMNS}`;

/** `subscribers` is JSON: names of subscribers by event. */
export const CLAIM_NEW = sql<OutboxRow, [subscribers: string, limit: number, counts: number]>(
  claim('dispatched_at IS NULL', 'ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> name))'),
);

/** The waiting time doubles with every round that counts. */
export const CLAIM_STALE = sql<OutboxRow, [timeoutMs: number, limit: number, counts: number]>(
  claim(
    `dispatched_at IS NOT NULL AND dispatches < ${MAX_DISPATCHES}
       AND dispatched_at < now() - ($1::float8 * power(2, dispatches - 1)) * interval '1 millisecond'`,
    'pending',
  ),
);

/** As if they had not been claimed; the round does not count. */
export const RELEASE = sql<never, [ids: readonly string[]]>(
  'UPDATE outbox SET dispatched_at = NULL, dispatches = greatest(dispatches - 1, 0) WHERE id = ANY($1::bigint[])',
);

/** Those of `ids` that this subscriber has not handled, oldest first. */
export const PENDING_FOR = sql<OutboxRow, [ids: readonly string[], subscriber: string]>(
  `SELECT ${COLUMNS} FROM outbox WHERE id = ANY($1::bigint[]) AND $2 = ANY(pending) ORDER BY id`,
);

/** Answers with the ids of those for which nobody waits any more. */
export const HANDLED = sql<{ id: bigint | null }, [ids: readonly string[], subscriber: string]>(`
  UPDATE outbox SET pending = array_remove(pending, $2)
  WHERE id = ANY(SELECT id FROM outbox WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE)
  RETURNING CASE WHEN pending = '{}' THEN id END AS id`);

/** Only those that nobody waits for. */
export const REMOVE = sql<never, [ids: readonly string[]]>(
  "DELETE FROM outbox WHERE id = ANY($1::bigint[]) AND pending = '{}'",
);

/** Those for which only the last statement of `handled` is missing. */
export const REMOVE_FINISHED = sql<never, []>("DELETE FROM outbox WHERE pending = '{}' AND dispatched_at IS NOT NULL");

/** `dead` are those left to people. */
export const COUNTS = sql<{ waiting: number; dispatched: number; dead: number }, []>(`
  SELECT count(*) FILTER (WHERE dispatched_at IS NULL)::int AS waiting,
         count(*) FILTER (WHERE dispatched_at IS NOT NULL AND dispatches < ${MAX_DISPATCHES})::int AS dispatched,
         count(*) FILTER (WHERE dispatches >= ${MAX_DISPATCHES})::int AS dead FROM outbox`);
