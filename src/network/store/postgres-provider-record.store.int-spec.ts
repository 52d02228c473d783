import { testDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { describeProviderRecordStoreContract } from '../testing/provider-record-store.contract.js';
import { PostgresProviderRecordStore } from './postgres-provider-record.store.js';

describeProviderRecordStoreContract('PostgreSQL', async (clock) => {
  const server = await testDatabase();
  const database = new Database(AppConfig.parse({ DATABASE_URL: server.url }));
  return {
    store: new PostgresProviderRecordStore(database, clock),
    empty: async () => {
      for (const table of ['announcements', 'announcement_walks']) await server.query(`DELETE FROM ${table}`);
    },
    close: async () => {
      await database.onApplicationShutdown();
      await server.drop();
    },
  };
});
