export {
  Database,
  execute,
  lockIn,
  query,
  sqlPoolProvider,
  type Place,
  type TransactionOptions,
  type Tx,
} from './database.js';
export { SqlPool, type Outcome, type StatementRunner } from './sql-pool.js';
export { json, sql, type Parameter, type Statement } from './statement.js';
export { Prisma } from './generated/client.js';
