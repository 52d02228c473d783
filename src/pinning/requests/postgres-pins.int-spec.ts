import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { describePinLeasesContract } from '../testing/pin-leases.contract.js';
import { describePinsContract, type PinsSetting } from '../testing/pins.contract.js';
import { PostgresPinLeases } from '../scheduler/postgres-pin-leases.store.js';
import { PostgresPinStore } from './postgres-pin.store.js';
import { PostgresPinCounts } from './postgres-pin-counts.store.js';

const make = async (): Promise<PinsSetting> => {
  const database = await testDatabase();
  const config = AppConfig.parse({ DATABASE_URL: database.url });
  const [connections, outbox, clock] = [new Database(config), new Outbox(), TestClock.running()];
  return {
    store: new PostgresPinStore(connections, clock),
    leases: new PostgresPinLeases(connections, outbox, clock),
    counts: new PostgresPinCounts(connections),
    clock,
    transact: (work) => connections.transaction(work),
    close: async () => {
      await connections.onApplicationShutdown();
      await database.drop();
    },
  };
};

describePinsContract('PostgreSQL', make);
describePinLeasesContract('PostgreSQL', make);
