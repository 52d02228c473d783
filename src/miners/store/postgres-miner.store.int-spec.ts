import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { describeMinerStoreContract } from '../testing/miner-store.contract.js';
import { PostgresMinerStore } from './postgres-miner.store.js';

describeMinerStoreContract('PostgresMinerStore', async () => {
  const rows = await testDatabase();
  const database = new Database(AppConfig.parse({ DATABASE_URL: rows.url }));
  return {
    store: new PostgresMinerStore(database, new Outbox(), new TestClock()),
    announced: async () =>
      (
        await rows.query<{ name: string; payload: { miner: string } }>('SELECT name, payload FROM outbox ORDER BY id')
      ).map(({ name, payload }) => ({ event: name, miner: payload.miner })),
    close: async () => {
      await database.$disconnect();
      await rows.drop();
    },
  };
});
