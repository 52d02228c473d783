import { testDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { SqlPool } from '../../platform/prisma/index.js';
import { describeProviderRecordStoreContract } from '../testing/provider-record-store.contract.js';
import { PostgresProviderRecordStore } from './postgres-provider-record.store.js';

describeProviderRecordStoreContract('PostgreSQL', async (clock) => {
  const database = await testDatabase();
  const sql = new SqlPool(AppConfig.parse({ DATABASE_URL: database.url }));
  return {
    store: new PostgresProviderRecordStore(sql, clock),
    empty: async () => {
      for (const table of ['announcements', 'announcement_walks']) await database.query(`DELETE FROM ${table}`);
    },
    close: async () => {
      await sql.onApplicationShutdown();
      await database.drop();
    },
  };
});
