import type { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { PostgresRollupStore } from './postgres-rollup.store.js';

/** The stores that commands need, on connections of their own, until `close`. */
export function openStatsStores(config: AppConfig): { rollups: PostgresRollupStore; close: () => Promise<void> } {
  const database = new Database(config);
  return { rollups: new PostgresRollupStore(database), close: () => database.onApplicationShutdown() };
}
