import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { AppConfig } from '../../config/index.js';
import { SystemClock } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { Database } from '../prisma/index.js';
import { PostgresNotifications } from './postgres-notifications.js';
import { describeNotificationsContract } from './testing/notifications.contract.js';

/** What one process has: a pool and the notifications on it. */
function processOn(url: string): { notifications: PostgresNotifications; close: () => Promise<void> } {
  const config = AppConfig.parse({ DATABASE_URL: url });
  const connections = new Database(config);
  const logger = new AppLogger({ level: 'silent', process: 'test' });
  const notifications = new PostgresNotifications(config, connections, new SystemClock(), logger);
  const close = async (): Promise<void> => {
    await notifications.onApplicationShutdown();
    await connections.onApplicationShutdown();
  };
  return { notifications, close };
}

describeNotificationsContract('PostgreSQL', async () => {
  const database = await testDatabase();
  const [here, there] = [processOn(database.url), processOn(database.url)];
  return {
    here: here.notifications,
    there: there.notifications,
    close: async () => {
      await Promise.all([here.close(), there.close()]);
      await database.drop();
    },
  };
});

describe('the connection that listens', () => {
  let database: TestDatabase;
  let running: ReturnType<typeof processOn>;
  const LISTENERS =
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'tidewater-notifications' AND datname = current_database()";

  beforeAll(async () => {
    database = await testDatabase();
    running = processOn(database.url);
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
  });

  it('is one for all channels, and none as long as nobody subscribes', async () => {
    running.notifications.notify('nobody');
    expect(await database.query(LISTENERS)).toHaveLength(0);
    let wakes = 0;
    running.notifications.subscribe('first', () => (wakes += 1));
    running.notifications.subscribe('second', () => (wakes += 1));
    await until(() => wakes >= 2);
    expect(await database.query(LISTENERS)).toHaveLength(1);
  });

  it('comes back after it was cut, and looks at once for what was missed', async () => {
    let wakes = 0;
    running.notifications.subscribe('cut', () => (wakes += 1));
    await until(() => wakes > 0);
    wakes = 0;
    await database.query(`SELECT pg_terminate_backend(pid) FROM (${LISTENERS}) listeners`);
    await until(() => wakes > 0, { what: 'it is woken by the new connection' });
    wakes = 0;
    running.notifications.notify('cut');
    await until(() => wakes > 0, { what: 'it is woken through the new connection' });
  });

  it('takes no channel that is no plain name', () => {
    expect(() => running.notifications.subscribe('a; DROP TABLE pins', () => undefined)).toThrow(
      /no name of a channel/,
    );
  });
});
