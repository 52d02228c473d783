import { afterAll, beforeAll } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { describeLimitStoreContract } from '../testing/limit-store.contract.js';
import { PostgresAccountStore } from './postgres-account.store.js';
import { PostgresLimitStore } from './postgres-limit.store.js';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabase();
  db = new Database(AppConfig.parse({ DATABASE_URL: database.url }));
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

describeLimitStoreContract(
  'PostgreSQL',
  () => new PostgresLimitStore(db),
  async () => (await new PostgresAccountStore(db).addUser(randomUUID().slice(0, 30), 'user')).id,
);
