import { Injectable } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import { SqlPool } from '../prisma/index.js';

export interface ProcessRecord {
  pid: number;
  details: Record<string, Json>;
  /** Since the last heartbeat, by the database's clock. */
  ageMs: number;
  /** Whether that heartbeat came after `since`. */
  after: boolean;
}

/** Table `processes`. All times are the database's, so that machines need not agree. */
@Injectable()
export class ProcessRecords {
  constructor(private readonly sql: SqlPool) {}

  async now(): Promise<Date> {
    const { rows } = await this.sql.pool.query<{ now: Date }>('SELECT now()');
    const [row] = rows;
    if (!row) throw new Error('the database did not say what time it is');
    return row.now;
  }

  async beat(name: string, pid: number, details: Record<string, Json>): Promise<void> {
    await this.sql.pool.query(
      `
      INSERT INTO processes (name, pid, details, started_at, beat_at) VALUES ($1, $2, $3, now(), now())
      ON CONFLICT (name) DO UPDATE SET details = excluded.details, beat_at = excluded.beat_at, pid = excluded.pid,
        started_at = CASE WHEN processes.pid = excluded.pid THEN processes.started_at ELSE excluded.started_at END`,
      [name, pid, JSON.stringify(details)],
    );
  }

  async find(name: string, since: Date): Promise<ProcessRecord | null> {
    const { rows } = await this.sql.pool.query<ProcessRecord>(
      'SELECT pid, details, (extract(epoch FROM now() - beat_at) * 1000)::float8 AS "ageMs", beat_at > $2 AS after FROM processes WHERE name = $1',
      [name, since],
    );
    return rows[0] ?? null;
  }
}
