import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { BY_KIND, type FailureCount, FAILURES, type KindFigures } from './figures.sql.js';

/** Figures straight out of `measurements`, by miner: exact medians over days that the caller names. */
@Injectable()
export class PostgresFiguresStore {
  constructor(private readonly database: Database) {}

  /** A miner's measurements since then, one row for each kind that has any. */
  async byKind(miner: string, since: Date): Promise<KindFigures[]> {
    return query(this.database, BY_KIND, [miner, since]);
  }

  /** A miner's failures since then by phase and reason, the most frequent first. */
  async failures(miner: string, since: Date): Promise<FailureCount[]> {
    return query(this.database, FAILURES, [miner, since]);
  }
}
