import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { PublicDeals } from '../../deals/index.js';
import { PublicMiners } from '../../miners/index.js';
import { Database } from '../../platform/prisma/index.js';
import { PostgresFiguresStore } from '../store/postgres-figures.store.js';
import { PostgresMinerFiguresStore } from '../store/postgres-miner-figures.store.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';
import { ListMiners } from '../verbs/list-miners.js';
import { ReadMinerWindow } from '../verbs/read-miner-window.js';
import { PublicMinersController } from './public-miners.controller.js';

/** `f0...` and `t0...` name one miner. */
describe('the public pages of a miner', () => {
  let database: TestDatabase;
  let rows: Database;
  let pages: PublicMinersController;
  beforeAll(async () => {
    database = await testDatabase();
    const clock = new TestClock({ at: new Date() });
    rows = new Database(AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' }));
    pages = new PublicMinersController(
      new PublicMiners(rows),
      new PublicDeals(rows),
      new PostgresFiguresStore(rows),
      new ListMiners(new PublicMiners(rows), new PostgresMinerFiguresStore(rows), clock),
      new ReadMinerWindow(new PostgresRollupStore(rows), clock),
      clock,
    );
    const car = '00000000-0000-4000-8000-00000000000b';
    await database.query(`INSERT INTO miners (address) VALUES ('t0300')`);
    await database.query(
      `INSERT INTO pieces (car_id, root, car_bytes, replication, duration, max_price, verified) VALUES ($1, 'bafy', 1, 1, 1, 0, false)`,
      [car],
    );
    await database.query(
      `INSERT INTO deals (car_id, miner, slot, state, live, verified, duration, price, total_cost, failure_phase, failure_reason)
       VALUES ($1, 't0300', 0, 'failed', false, false, 1, 0, 0, 'propose', 'refused-price')`,
      [car],
    );
    await database.query(
      `INSERT INTO measurements (event_id, kind, miner, ok, phase, reason, at)
       VALUES (1, 'failure', 't0300', false, 'propose', 'refused-price', now())`,
    );
  });
  afterAll(async () => {
    await rows.$disconnect();
    await database.drop();
  });

  it('are found under the letter of either network, and show the one on record', async () => {
    const shown = async (miner: string) => ({
      stats: await pages.stats(miner, { days: 1, window: '30d' }),
      failures: await pages.failures(miner, { limit: 9, before: undefined, 'ignore-failed': false }),
      deals: await pages.deals(miner, { limit: 9, before: undefined, 'ignore-failed': false }),
    });
    const asRecorded = await shown('t0300');
    expect(asRecorded).toMatchObject({
      stats: { miner: 't0300', dealCount: 1, failures: [{ reason: 'refused-price', count: 1 }] },
      failures: [{ reason: 'refused-price' }],
      deals: [{}],
    });
    expect(await shown('f0300')).toEqual(asRecorded);
  });
});
