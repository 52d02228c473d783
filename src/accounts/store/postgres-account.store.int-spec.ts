import { afterAll, beforeAll } from '@jest/globals';
import { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { describeAccountStoreContract } from '../testing/account-store.contract.js';
import { PostgresAccountStore } from './postgres-account.store.js';

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

describeAccountStoreContract('PostgreSQL', () => new PostgresAccountStore(db));
