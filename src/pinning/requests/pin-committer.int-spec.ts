import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { SystemClock, userId, type UserId } from '../../shared/index.js';
import { PinCommitter } from './pin-committer.store.js';

const CID_TEXT = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

describe('the one hand that commits pins', () => {
  let database: TestDatabase;
  let connections: Database;
  let committer: PinCommitter;
  beforeAll(async () => {
    database = await testDatabase();
    connections = new Database(AppConfig.parse({ DATABASE_URL: database.url }));
    committer = new PinCommitter(connections, new SystemClock());
  });
  afterAll(async () => {
    await connections.onApplicationShutdown();
    await database.drop();
  });

  const pinOf = (owner: UserId, name = 'one') => ({
    userId: owner,
    cid: CID_TEXT,
    cidV1: CID_TEXT,
    name,
    origins: [],
    meta: {},
  });
  const account = () => userId(randomUUID());

  it('answers thousands that come together after few commits, each with a time of its own, in the order in which they came', async () => {
    const owner = account();
    const pins = await Promise.all(Array.from({ length: 3_000 }, (_, n) => committer.one(pinOf(owner, String(n)))));
    const times = pins.map((pin) => pin.createdAt.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(3_000);
    const [stored] = await database.query<{ pins: number; commits: number; due: boolean }>(
      `SELECT count(*)::int AS pins, count(DISTINCT xmin::text)::int AS commits, bool_and(next_check_at <= now()) AS due
       FROM pins WHERE user_id = $1`,
      [owner],
    );
    expect(stored).toMatchObject({ pins: 3_000, due: true });
    expect(stored!.commits).toBeLessThan(20);
  });

  it('lets one that cannot be stored fail alone', async () => {
    const owner = account();
    const outcomes = await Promise.allSettled(['a', 'b\0', 'c', 'd'].map((name) => committer.one(pinOf(owner, name))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await database.query('SELECT name FROM pins WHERE user_id = $1 ORDER BY created_at', [owner])).toEqual([
      { name: 'a' },
      { name: 'c' },
      { name: 'd' },
    ]);
  });

  it('does not let an account that sends ten thousand hold up the others', async () => {
    const [heavy, light] = [account(), account()];
    let done = false;
    const many = committer.many(Array.from({ length: 10_000 }, () => pinOf(heavy))).then(() => {
      done = true;
    });
    const aside = committer.one(pinOf(heavy, 'last'));
    await committer.one(pinOf(light));
    expect(done).toBe(false);
    await Promise.all([many, aside]);
    const [last] = await database.query<{ name: string }>(
      'SELECT name FROM pins WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1',
      [heavy],
    );
    expect(last?.name).toBe('last');
  });

  it('says so to all who wait when the database is away, and goes on when it is back', async () => {
    const owner = account();
    const broken = new PinCommitter(
      { runStatement: () => Promise.reject(new Error('no connection')) },
      new SystemClock(),
    );
    const outcomes = await Promise.allSettled([broken.one(pinOf(owner)), broken.one(pinOf(owner))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(broken.one(pinOf(owner))).rejects.toThrow('no connection');
    expect(await database.query('SELECT FROM pins WHERE user_id = $1', [owner])).toEqual([]);
  });
});
