import { sql } from '../prisma/index.js';

/** Wakes who listens on the channel when the statement's transaction commits. */
export const NOTIFY = sql<never, [channel: string]>(`SELECT pg_notify($1, '')::text`);
