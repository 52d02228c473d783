export { databaseFailure, DatabaseUnavailable } from './database-failure.js';
export { connectionOptions, poolOptions } from './connection-options.js';
export { Database, execute, lockIn, query, type Place, type TransactionOptions, type Tx } from './database.js';
export { endsNoProcess, type Outcome, type StatementRunner } from './sql-pools.js';
export { withStatementDeadline } from './statement-deadline.js';
export { json, sql, type Parameter, type Statement } from './statement.js';
export { Prisma } from './generated/client.js';
export { DatabaseRefill, DatabaseSnapshot, type CopiedSequence, type CopiedTable } from './table-copies.js';
