import { AppLogger } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import type { Database } from '../../platform/prisma/index.js';
import type { Clock } from '../../shared/index.js';
import { PostgresMinerStore } from '../store/postgres-miner.store.js';
import { RecordScore } from '../verbs/record-score.js';

/** What statistics tell scores to, on a database of tests. */
export function recordScoreOn(database: Database, clock: Clock): RecordScore {
  const logger = new AppLogger({ level: 'silent', process: 'test' });
  return new RecordScore(new PostgresMinerStore(database, new Outbox(), clock), clock, logger);
}
