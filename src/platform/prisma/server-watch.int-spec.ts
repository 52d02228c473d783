import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseProxy, type DatabaseProxy } from '../../../test/support/database-proxy.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { AppConfig } from '../../config/index.js';
import { poolOptions, watchOf } from './connection-options.js';
import { Database, databaseFailure, DatabaseUnavailable, execute, query, sql } from './index.js';

const ONE = sql<{ one: number }, []>('SELECT 1 AS one');
const ADD = sql<never, [text: string]>('INSERT INTO words (word) VALUES ($1)');

/** What a work failed with; undefined when it did not. */
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a database that hangs', () => {
  let server: TestDatabase;
  let proxy: DatabaseProxy;
  let config: AppConfig;
  let database: Database;

  beforeAll(async () => {
    server = await testDatabase();
    await server.query('CREATE TABLE words (word text)');
  });
  afterAll(() => server.drop());
  beforeEach(async () => {
    proxy = await databaseProxy(server.url);
    config = AppConfig.parse({ DATABASE_URL: proxy.url, DATABASE_POOL: '3' });
    database = new Database(config);
    await query(database, ONE, []);
    await query(database.asyncCommit, ONE, []);
    await database.transaction((tx) => query(tx, ONE, []));
  });
  afterEach(async () => {
    proxy.thaw();
    await database.onApplicationShutdown();
    await proxy.close();
  });

  it('fails by name what waits for it, and what comes after, until it answers again; one that is slow does not hang', async () => {
    // A statement that takes longer than silence would, while nobody asks this server anything else.
    const slowConfig = AppConfig.parse({ DATABASE_URL: server.url });
    const slowPool = new pg.Pool({ ...poolOptions(slowConfig, 'test'), max: 1 });
    const slow = slowPool.query("SELECT pg_sleep(9), 'slow' AS word");
    const half = database.transaction(
      async (tx) => {
        await execute(tx, ADD, ['half']);
        proxy.freeze();
        await execute(tx, ADD, ['other half']);
      },
      { timeout: 60_000 },
    );
    // More than each pool has places for. All end long before the two minutes that a statement may take.
    const waiting = [
      half,
      ...Array.from({ length: 8 }, () => [
        query(database, ONE, []),
        query(database.asyncCommit, ONE, []),
        database.setting.findMany({ take: 1 }),
      ]).flat(),
    ];
    const failures = await Promise.all(waiting.map(failureOf));
    expect(watchOf(config).silent).toBe(true);
    for (const failure of failures.filter((one) => one !== undefined))
      expect(databaseFailure(failure)).toBeInstanceOf(DatabaseUnavailable);
    expect(failures[0]).toBeDefined();

    const after = [
      query(database, ONE, []),
      database.setting.findMany(),
      database.transaction((tx) => query(tx, ONE, [])),
    ];
    for (const failure of await Promise.all(after.map(failureOf)))
      expect(databaseFailure(failure)).toMatchObject({ code: 'ERR_DATABASE_UNAVAILABLE', retryAfterMs: 2_000 });

    proxy.thaw();
    await until(() => !watchOf(config).silent, { timeoutMs: 30_000 });
    expect(await query(database, ONE, [])).toEqual([{ one: 1 }]);
    expect(await database.transaction((tx) => query(tx, ONE, []))).toEqual([{ one: 1 }]);
    expect(await server.query('SELECT word FROM words')).toEqual([]);

    expect((await slow).rows[0]).toMatchObject({ word: 'slow' });
    expect(watchOf(slowConfig).silent).toBe(false);
    await slowPool.end();
  }, 60_000);

  it('may be one session alone: that is given up, the others go on', async () => {
    const direct = AppConfig.parse({ DATABASE_URL: server.url });
    const pool = new pg.Pool({ ...poolOptions(direct, 'stuck'), max: 1 });
    // One that is given (TEST_DATABASE_URL) may run elsewhere.
    const [{ pid } = { pid: 0 }] = (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const isHere = spawnSync('ps', ['-o', 'args=', '-p', String(pid)])
      .stdout.toString()
      .includes('postgres');
    if (!isHere) return pool.end();
    process.kill(pid, 'SIGSTOP');
    try {
      expect(databaseFailure(await failureOf(pool.query('SELECT 1')))).toBeInstanceOf(DatabaseUnavailable);
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      expect(watchOf(direct).silent).toBe(false);
    } finally {
      process.kill(pid, 'SIGCONT');
      await pool.end();
    }
  }, 60_000);

  it('is not one that refuses connections', async () => {
    await proxy.cut();
    expect(databaseFailure(await failureOf(query(database, ONE, [])))).toBeInstanceOf(DatabaseUnavailable);
    expect(watchOf(config).silent).toBe(false);
    await proxy.mend();
    const isBack = () =>
      query(database, ONE, []).then(
        () => true,
        () => false,
      );
    await until(isBack, { timeoutMs: 30_000 });
  }, 60_000);
});
