import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { databaseProxy, type DatabaseProxy } from '../../../test/support/database-proxy.js';
import { stopBackendsAt, type StoppedBackends } from '../../../test/support/stopped-backend.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { AppConfig } from '../../config/index.js';
import { watchOf } from './connection-options.js';
import { Database, databaseFailure, execute, query, sql, withStatementDeadline } from './index.js';

const WORDS = sql<{ word: string }, []>('SELECT word FROM words');
const ADD = sql<never, [text: string]>('INSERT INTO words (word) VALUES ($1)');
const SLOW = sql<never, []>('SELECT pg_sleep(600)');
const SOME = sql<{ done: boolean }, []>('SELECT true AS done FROM pg_sleep(1)');
const LONGER = sql<{ done: boolean }, []>('SELECT true AS done FROM pg_sleep(5)');

/** What a work failed with; undefined when it did not. */
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => databaseFailure(error) ?? error,
  );

describe('a statement that somebody waits for', () => {
  let server: TestDatabase;
  let proxy: DatabaseProxy;
  let config: AppConfig;
  let database: Database;
  let stopped: StoppedBackends | undefined;

  beforeAll(async () => {
    server = await testDatabase();
    await server.query('CREATE TABLE words (word text)');
    // Another way than the server sees: its port is not ours, as behind a pooler.
    proxy = await databaseProxy(server.url);
    config = AppConfig.parse({
      DATABASE_URL: proxy.url,
      DATABASE_POOL: '2',
      DATABASE_REQUEST_TIMEOUT_SECONDS: '3',
    });
  });
  beforeEach(() => {
    database = new Database(config);
  });
  afterEach(async () => {
    await stopped?.resume();
    stopped = undefined;
    await database.onApplicationShutdown();
    await server.query('TRUNCATE words');
  });
  afterAll(async () => {
    await proxy.close();
    await server.drop();
  });

  it('fails by name when its process at the server stands still in the middle of it, and the next one is answered', async () => {
    const asks = [
      () => query(database, WORDS, []),
      () => execute(database.asyncCommit, ADD, ['one']),
      () => database.transaction((tx) => execute(tx, ADD, ['one']), { timeout: 60_000 }),
      () => database.$queryRawUnsafe('SELECT word FROM words'),
    ];
    let asked: Promise<unknown>[] = [];
    const begin = () => (asked = asks.map((ask) => failureOf(database.forRequests(ask))));
    stopped = await stopBackendsAt(server.url, 'words', begin, asks.length);
    for (const failure of await Promise.all(asked))
      expect(failure).toMatchObject({ code: 'ERR_DATABASE_UNAVAILABLE', status: 503, retryAfterMs: 2_000 });
    expect(watchOf(config).silent).toBe(false);
    for (const ask of [...asks, ...asks]) expect(await failureOf(database.forRequests(ask))).toBeUndefined();
  }, 60_000);

  it('and waits for a connection that others had is given the time of who asked it, not theirs', async () => {
    let asked: Promise<unknown>[] = [];
    const read = () => failureOf(database.forRequests(() => query(database, WORDS, [])));
    stopped = await stopBackendsAt(server.url, 'words', () => (asked = [read(), read()]), 2);
    // Both connections are taken: it is sent by whoever gives one back. Nobody said how long it may take.
    expect(await query(database, LONGER, [])).toEqual([{ done: true }]);
    expect(await Promise.all(asked)).toMatchObject([{ status: 503 }, { status: 503 }]);
  }, 60_000);

  it('and takes too long is ended at the server, too', async () => {
    const asked = failureOf(withStatementDeadline(500, () => query(database, SLOW, [])));
    expect(await asked).toMatchObject({ code: 'ERR_DATABASE_UNAVAILABLE' });
    const running = () =>
      server.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(600)' AND state = 'active'",
      );
    await until(async () => (await running()).length === 0, { timeoutMs: 30_000, what: 'the server has ended it' });
  }, 60_000);

  it('is not cut off because those before it on its connection took long', async () => {
    const ask = () =>
      database.transaction(
        async (tx) => {
          for (let at = 0; at < 4; at += 1) await query(tx, SOME, []);
          return 'all';
        },
        { timeout: 60_000 },
      );
    expect(await database.forRequests(ask)).toBe('all');
  }, 60_000);
});
