import { testDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, SqlPool } from '../../platform/prisma/index.js';
import { SystemClock } from '../../shared/index.js';
import { describePinLeasesContract } from '../testing/pin-leases.contract.js';
import { describePinsContract, type PinsSetting } from '../testing/pins.contract.js';
import { SqlPinLeases } from './sql-pin-leases.js';
import { SqlPinStore } from './sql-pin-store.js';
import { SqlPinTallies } from './sql-pin-tallies.js';

const make = async (): Promise<PinsSetting> => {
  const database = await testDatabase();
  const config = AppConfig.parse({ DATABASE_URL: database.url });
  const [sql, prisma, outbox, clock] = [new SqlPool(config), new Database(config), new Outbox(), new SystemClock()];
  return {
    store: new SqlPinStore(sql, clock),
    leases: new SqlPinLeases(sql, outbox, clock),
    tallies: new SqlPinTallies(sql),
    transact: (work) => prisma.transaction(work),
    close: async () => {
      await sql.onApplicationShutdown();
      await prisma.onApplicationShutdown();
      await database.drop();
    },
  };
};

describePinsContract('PostgreSQL', make);
describePinLeasesContract('PostgreSQL', make);
