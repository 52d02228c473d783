import { Injectable } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import { Database, execute, json, query } from '../prisma/index.js';
import { BEAT, FIND, NOW, PROBE, type ProcessRecord } from './process-records.sql.js';

export type { ProcessRecord } from './process-records.sql.js';

/** Table `processes`, by `NodeIdentity.processName`. All times are the database's, so that machines need not agree. */
@Injectable()
export class ProcessRecords {
  constructor(private readonly database: Database) {}

  /**
   * Writes the row of this name as it is, to the disk. Rejects when the database does not take writes (away, read-only,
   * full): that is its health check.
   */
  async probe(name: string): Promise<void> {
    await execute(this.database, PROBE, [name]);
  }

  /** The database's time. */
  async now(): Promise<Date> {
    const [row] = await query(this.database, NOW, []);
    if (!row) throw new Error('the database did not say what time it is');
    return row.now;
  }

  /**
   * The process of this name lives and says so: makes its row or brings it up to date. `name` is `<node id>/<role>`;
   * `details` replaces what it said before.
   */
  async beat(name: string, pid: number, details: Record<string, Json>): Promise<void> {
    await execute(this.database, BEAT, [name, pid, json(details)]);
  }

  /**
   * The record of a process, with its age, and whether it came after `since`. Null when no process of this name ever
   * said anything.
   */
  async find(name: string, since: Date): Promise<ProcessRecord | null> {
    return (await query(this.database, FIND, [name, since]))[0] ?? null;
  }
}
