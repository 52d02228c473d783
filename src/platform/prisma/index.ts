export { Database, SqlPool, type Tx } from './database.js';
export { Prisma } from './generated/client.js';
