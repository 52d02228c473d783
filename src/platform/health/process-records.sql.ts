import type { Json } from '../../shared/index.js';
import { sql } from '../prisma/index.js';

/** What a process last said of itself. */
export interface ProcessRecord {
  pid: number;
  details: Record<string, Json>;
  /** Milliseconds since the last heartbeat, by the database's clock. */
  ageMs: number;
  /** Whether that heartbeat came after `since`. */
  after: boolean;
}

/** The start of the statement's transaction, by the database's clock. */
export const NOW = sql<{ now: Date }, []>('SELECT now() AS now');

/** `details` is JSON. */
export const BEAT = sql<never, [name: string, pid: number, details: string]>(`
  INSERT INTO processes (name, pid, details, started_at, beat_at) VALUES ($1, $2, $3::jsonb, now(), now())
  ON CONFLICT (name) DO UPDATE SET details = excluded.details, beat_at = excluded.beat_at, pid = excluded.pid,
    started_at = CASE WHEN processes.pid = excluded.pid THEN processes.started_at ELSE excluded.started_at END`);

/** A row changes and nothing in it: whether the database writes, not only answers. */
export const PROBE = sql<never, [name: string]>('UPDATE processes SET details = details WHERE name = $1');

/** At most one row; none for a process that never ran here. */
export const FIND = sql<ProcessRecord, [name: string, since: Date]>(`
  SELECT pid, details, (extract(epoch FROM now() - beat_at) * 1000)::float8 AS "ageMs", beat_at > $2::timestamptz AS after
  FROM processes WHERE name = $1`);
