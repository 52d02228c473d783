import { sql } from '../prisma/index.js';

/** The channel on which the database wakes the relay when a transaction with events commits. */
export const OUTBOX_CHANNEL = 'tidewater_outbox';

/** Payloads are JSON texts, in the order in which the events get their ids. */
export const ADD_EVENTS = sql<never, [name: string, payloads: readonly string[]]>(`
WITH added AS (INSERT INTO outbox (name, payload) SELECT $1, unnest($2::text[])::jsonb)
SELECT pg_notify('${OUTBOX_CHANNEL}', '')`);
