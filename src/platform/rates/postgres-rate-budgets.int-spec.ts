import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { SystemClock } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { Database } from '../prisma/index.js';
import { PostgresRateBudgets } from './postgres-rate-budgets.js';
import { Rates } from './rates.js';

describe('the shared budgets of rates', () => {
  let database: TestDatabase;
  const pools: Database[] = [];

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.$disconnect();
  });
  afterAll(() => database.drop());

  /** A process of its own: its own connections, its own leases. */
  function budgets(): PostgresRateBudgets {
    const pool = new Database(AppConfig.parse({ DATABASE_URL: database.url }));
    pools.push(pool);
    return new PostgresRateBudgets(pool);
  }
  const rule = { perSecond: 10, burst: 300 };

  it('are full at first, give whole requests, and fill again by the time of the database', async () => {
    const one = budgets();
    expect(await one.lease([{ subject: 'a', want: 100, ...rule }])).toEqual([
      { subject: 'a', granted: 100, remaining: 200 },
    ]);
    const [rest] = await one.lease([{ subject: 'a', want: 250, ...rule }]);
    expect(rest?.granted).toBeGreaterThanOrEqual(200);
    expect(rest?.granted).toBeLessThan(250);
    await database.query("UPDATE rate_budgets SET at = at - interval '10 s' WHERE subject = 'a'");
    const [later] = await one.lease([{ subject: 'a', want: 1000, ...rule }]);
    expect(later?.granted).toBeGreaterThanOrEqual(100);
    expect(later?.granted).toBeLessThan(130);
    await database.query("UPDATE rate_budgets SET at = at - interval '1 h' WHERE subject = 'a'");
    expect((await one.lease([{ subject: 'a', want: 1000, ...rule }]))[0]?.granted).toBe(300);
  });

  it('never give more than there is, whoever asks at once and in which order', async () => {
    const many = Array.from({ length: 4 }, () => budgets());
    const still = { perSecond: 0.001, burst: 500 };
    const leases = await Promise.all(
      Array.from({ length: 80 }, (_, n) => {
        const subjects = n % 2 === 0 ? ['b', 'c', 'd'] : ['d', 'c', 'b'];
        return many[n % 4]!.lease(subjects.map((subject) => ({ subject, want: 20, ...still })));
      }),
    );
    for (const subject of ['b', 'c', 'd'])
      expect(
        leases
          .flat()
          .filter((lease) => lease.subject === subject)
          .reduce((sum, { granted }) => sum + granted, 0),
      ).toBe(500);
  });

  it('make one rate of two processes', async () => {
    const logger = new AppLogger({ level: 'silent', process: 'test' });
    const two = [budgets(), budgets()].map((shared) => new Rates(shared, new SystemClock(), logger));
    let taken = 0;
    for (let n = 0; n < 200; n++)
      for (const rates of two) if ((await rates.take('e', { perSecond: 1, burst: 100 })).taken) taken += 1;
    expect(taken).toBeGreaterThanOrEqual(99);
    expect(taken).toBeLessThan(115);
  });

  it('are kept where a crash of the database empties them, and cost no write of its log', async () => {
    expect(await database.query("SELECT relpersistence FROM pg_class WHERE relname = 'rate_budgets'")).toEqual([
      { relpersistence: 'u' },
    ]);
  });
});
