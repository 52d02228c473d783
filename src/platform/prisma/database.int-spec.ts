import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { AppConfig } from '../../config/index.js';
import { Database, execute, json, lockIn, query, sql, type Place } from './index.js';

interface Everything {
  small: number;
  big: bigint;
  bigs: bigint[];
  exact: string;
  exacts: string[];
  real: number;
  at: Date;
  local: Date;
  day: Date;
  body: { deep: number[] };
  bytes: Uint8Array;
  names: string[];
  id: string;
  yes: boolean;
  nothing: null;
}

const EVERYTHING = sql<Everything, []>(`
  SELECT 7::int AS small, 9007199254740993::bigint AS big, '{1,9007199254740993}'::bigint[] AS bigs,
    12345678901234567890.10::numeric(38,2) AS exact, '{1.50,NULL}'::numeric[] AS exacts, 0.5::float8 AS real,
    '2026-01-02 03:04:05.678+02'::timestamptz AS at, '2026-01-02 03:04:05.678'::timestamp AS local, '2026-01-02'::date AS day,
    '{"deep":[1,2]}'::jsonb AS body, '\\x00ff'::bytea AS bytes, '{a,b}'::text[] AS names,
    '018f6f5c-0000-7000-8000-000000000000'::uuid AS id, true AS yes, NULL::text AS nothing`);

const ECHO = sql<
  { at: Date; big: bigint; names: string[]; days: Date[]; body: { a: string }; bytes: Uint8Array; none: null },
  [Date, bigint, readonly string[], readonly Date[], string, Uint8Array, null]
>(`SELECT $1::timestamptz AS at, $2::bigint AS big, $3::text[] AS names, $4::timestamptz[] AS days, $5::jsonb AS body,
     $6::bytea AS bytes, $7::text AS none`);

const ADD_WORD = sql<{ n: bigint }, [word: string]>('INSERT INTO words (word) VALUES ($1) RETURNING n');
const WORDS = sql<{ word: string }, []>('SELECT word FROM words ORDER BY n');
/** Longer than Prisma lets a transaction take, and another wait, by itself. */
const LONG = sql<{ took: boolean }, []>('SELECT true AS took FROM pg_sleep(5.5)');
const ALL_AGAIN = sql<never, [string]>('UPDATE words SET word = $1');

describe('the database', () => {
  let server: TestDatabase;
  let database: Database;

  /** The same statement in every place where one can run. */
  const everywhere = async <T>(work: (place: Place) => Promise<T>): Promise<T[]> => [
    await work(database),
    await work(database.asyncCommit),
    await database.transaction((tx) => work(tx)),
  ];

  beforeAll(async () => {
    server = await testDatabase();
    await server.query('CREATE TABLE words (n bigserial PRIMARY KEY, word text)');
    // A server that keeps its own time must not change what we read.
    await server.query(`ALTER DATABASE ${new URL(server.url).pathname.slice(1)} SET timezone TO 'Pacific/Auckland'`);
    database = new Database(AppConfig.parse({ DATABASE_URL: server.url }));
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await server.drop();
  });

  it('takes moments before the year 1 and after 9999, which clients may ask for', async () => {
    const SECONDS = sql<{ seconds: number }, [Date]>('SELECT extract(epoch FROM $1::timestamptz)::float8 AS seconds');
    for (const at of [
      '-000001-06-01T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '0099-01-01T00:00:00Z',
      '+010000-01-01T00:00:00Z',
    ])
      for (const [row] of await everywhere((place) => query(place, SECONDS, [new Date(at)])))
        expect(row?.seconds).toBe(Date.parse(at) / 1000);
  });

  it('answers with the same types in and out of a transaction', async () => {
    for (const [row] of await everywhere((place) => query(place, EVERYTHING, []))) {
      expect({ ...row, bytes: Buffer.from(row?.bytes ?? []) }).toEqual({
        small: 7,
        big: 9007199254740993n,
        bigs: [1n, 9007199254740993n],
        exact: '12345678901234567890.1',
        exacts: ['1.5', null],
        real: 0.5,
        at: new Date('2026-01-02T01:04:05.678Z'),
        local: new Date('2026-01-02T03:04:05.678Z'),
        day: new Date('2026-01-02T00:00:00Z'),
        body: { deep: [1, 2] },
        bytes: Buffer.from([0, 255]),
        names: ['a', 'b'],
        id: '018f6f5c-0000-7000-8000-000000000000',
        yes: true,
        nothing: null,
      });
    }
  });

  it('takes the same parameters in and out of a transaction', async () => {
    const at = new Date('2026-07-08T09:10:11.123Z');
    const values = [at, 2n ** 60n, ['x', 'y"{}'], [at], json({ a: '✓' }), new Uint8Array([1, 2]), null] as const;
    for (const [row] of await everywhere((place) => query(place, ECHO, [...values]))) {
      expect({ ...row, bytes: [...(row?.bytes ?? [])] }).toEqual({
        at,
        big: 2n ** 60n,
        names: ['x', 'y"{}'],
        days: [at],
        body: { a: '✓' },
        bytes: [1, 2],
        none: null,
      });
    }
  });

  it('agrees with Prisma about the times of plain rows', async () => {
    const at = new Date('2026-07-08T09:10:11.123Z');
    await database.setting.create({ data: { key: 'a', value: 1, updatedAt: at } });
    const SEEN = sql<{ at: Date }, [Date]>('SELECT updated_at AS at FROM settings WHERE updated_at = $1');
    expect(await everywhere((place) => query(place, SEEN, [at]))).toEqual([[{ at }], [{ at }], [{ at }]]);
    expect((await database.setting.findUnique({ where: { key: 'a' } }))?.updatedAt).toEqual(at);
  });

  it('keeps all of a transaction or nothing', async () => {
    await database.transaction(async (tx) => {
      expect(await query(tx, ADD_WORD, ['one'])).toEqual([{ n: 1n }]);
      expect(await query(database, WORDS, [])).toEqual([]);
    });
    const failing = database.transaction(async (tx) => {
      await query(tx, ADD_WORD, ['two']);
      await tx.setting.create({ data: { key: 'b', value: 1 } });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await query(database, WORDS, [])).toEqual([{ word: 'one' }]);
    expect(await database.setting.findUnique({ where: { key: 'b' } })).toBeNull();
  });

  it('rolls a transaction back that takes longer than it may', async () => {
    const slow = database.transaction(
      async (tx) => {
        await query(tx, ADD_WORD, ['late']);
        await new Promise((resolve) => setTimeout(resolve, 300));
        await query(tx, ADD_WORD, ['later']);
      },
      { timeout: 100 },
    );
    await expect(slow).rejects.toThrow();
    expect(await query(database, WORDS, [])).toEqual([{ word: 'one' }]);
  });

  it('lets a transaction wait for its turn, and take its time, on a machine that is busy for seconds', async () => {
    const narrow = new Database(AppConfig.parse({ DATABASE_URL: server.url, DATABASE_POOL: '2' }));
    const take = () => narrow.transaction((tx) => query(tx, LONG, []));
    try {
      const all = Promise.all([take(), take(), narrow.transaction((tx) => query(tx, WORDS, []))]);
      await expect(all).resolves.toEqual([[{ took: true }], [{ took: true }], expect.any(Array)]);
    } finally {
      await narrow.onApplicationShutdown();
    }
  });

  it('says how many rows a statement changed', async () => {
    await query(database, ADD_WORD, ['another']);
    expect(await everywhere((place) => execute(place, ALL_AGAIN, ['same']))).toEqual([2, 2, 2]);
  });

  it('lets those who lock the same key come one after the other', async () => {
    const steps: string[] = [];
    const turn = (who: string) =>
      database.transaction(async (tx) => {
        await lockIn(tx, 'door');
        steps.push(`${who} in`);
        await new Promise((resolve) => setTimeout(resolve, 30));
        steps.push(`${who} out`);
      });
    await Promise.all([turn('a'), turn('b')]);
    const [first] = steps[0]?.split(' ') ?? [];
    const second = first === 'a' ? 'b' : 'a';
    expect(steps).toEqual([`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
  });

  it('lets one process at a time do what is done exclusively', async () => {
    const other = new Database(AppConfig.parse({ DATABASE_URL: server.url }));
    const steps: string[] = [];
    const work = (at: Database) =>
      at.exclusively('sweep', async () => {
        steps.push('in');
        await new Promise((resolve) => setTimeout(resolve, 30));
        steps.push('out');
      });
    await Promise.all([work(database), work(other)]);
    await other.onApplicationShutdown();
    expect(steps).toEqual(['in', 'out', 'in', 'out']);
  });

  it('a connection that is cut while somebody holds it ends no process, and the next statement gets another', async () => {
    const other = new Database(AppConfig.parse({ DATABASE_URL: server.url }));
    await other.exclusively('sweep', async () => {
      const held = `FROM pg_stat_activity WHERE application_name = 'tidewater-statements' AND datname = current_database()`;
      expect(await server.query(`SELECT pg_terminate_backend(pid) ${held}`)).not.toEqual([]);
      await until(async () => (await server.query(`SELECT pid ${held}`)).length === 0);
    });
    expect(await query(other, sql<{ one: number }, []>('SELECT 1 AS one'), [])).toEqual([{ one: 1 }]);
    await other.onApplicationShutdown();
  });
});
