import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { SystemClock } from '../../shared/index.js';
import { AppConfig } from '../../config/index.js';
import { Database, execute, query, sql } from '../prisma/index.js';
import { leaseSql, LeaseLost, Leases, type Claimed } from './index.js';

const MINUTE = 60_000;

const ADD = sql<never, [names: readonly string[], due: readonly (Date | null)[]]>(
  'INSERT INTO errands (name, next_check_at) SELECT * FROM unnest($1::text[], $2::timestamptz[])',
);
const SOON = sql<never, [Date | null, string]>('UPDATE errands SET next_check_at = $1 WHERE name = $2');
const ROW = sql<{ next_check_at: Date | null; lease_until: Date | null; lease_number: number }, [string]>(
  'SELECT next_check_at, lease_until, lease_number FROM errands WHERE name = $1',
);

/** Of a process whose clock is wrong by so much. */
class WrongClock extends SystemClock {
  constructor(private readonly wrongMs: number) {
    super();
  }

  override now(): Date {
    return new Date(Date.now() + this.wrongMs);
  }
}

describe('a lease', () => {
  let server: TestDatabase;
  let database: Database;
  let clock: TestClock;
  let leases: Leases<{ name: string }>;

  const errands = (...names: string[]) => execute(database, ADD, [names, names.map(() => clock.now())]);
  const rowOf = async (name: string) => (await query(database, ROW, [name]))[0];
  const claimOne = async (leaseMs = MINUTE): Promise<Claimed<{ name: string }>> => {
    const [claimed] = await leases.claimDue(database, 1, leaseMs);
    if (!claimed) throw new Error('nothing is due');
    return claimed;
  };
  const later = (ms: number) => new Date(clock.now().getTime() + ms);

  beforeAll(async () => {
    server = await testDatabase();
    database = new Database(AppConfig.parse({ DATABASE_URL: server.url }));
    await server.query(`CREATE TABLE errands (id bigserial PRIMARY KEY, name text NOT NULL, done boolean NOT NULL DEFAULT false,
      next_check_at timestamptz(3), lease_until timestamptz(3), lease_number int NOT NULL DEFAULT 0)`);
  });
  beforeEach(async () => {
    await server.query('TRUNCATE errands RESTART IDENTITY');
    clock = new TestClock();
    leases = new Leases<{ name: string }>(
      { table: 'errands', key: 'id', keyType: 'bigint', condition: 'NOT done', returning: 'errands.name' },
      clock,
    );
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await server.drop();
  });

  it('is claimed for what is due, the longest due first, and for nothing else', async () => {
    await execute(database, ADD, [
      ['second', 'first', 'later', 'never', 'done'],
      [later(-10), later(-20), later(10), null, later(-30)],
    ]);
    await server.query("UPDATE errands SET done = true WHERE name = 'done'");
    const claimed = await leases.claimDue(database, 10, MINUTE);
    expect(claimed).toEqual([
      { key: '2', number: 1, until: later(MINUTE), dueSince: later(-20), row: { name: 'first' } },
      { key: '1', number: 1, until: later(MINUTE), dueSince: later(-10), row: { name: 'second' } },
    ]);
    expect(await leases.claimDue(database, 10, MINUTE)).toEqual([]);
  });

  it('is never given to two at once, however many claim', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `errand ${n}`);
    await errands(...names);
    const claims = await Promise.all([
      ...Array.from({ length: 8 }, () => leases.claimDue(database, 10, MINUTE)),
      ...Array.from({ length: 4 }, () => database.transaction((tx) => leases.claimDue(tx, 10, MINUTE))),
    ]);
    const rest = await leases.claimDue(database, 100, MINUTE);
    const got = [...claims.flat(), ...rest].map(({ row }) => row.name);
    expect(got.sort()).toEqual(names.sort());
  });

  it('of one row goes to one of many who ask for it by its key', async () => {
    await errands('post');
    const claims = await Promise.all(Array.from({ length: 6 }, () => leases.claim(database, '1', MINUTE)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await leases.claim(database, '77', MINUTE)).toBeNull();
  });

  it('does not begin when its transaction is rolled back', async () => {
    await errands('post');
    const claiming = database.transaction(async (tx) => {
      expect(await leases.claimDue(tx, 1, MINUTE)).toHaveLength(1);
      throw new Error('changed my mind');
    });
    await expect(claiming).rejects.toThrow('changed my mind');
    expect(await claimOne()).toMatchObject({ number: 1 });
  });

  it('that ran out is claimed by another, and the first one can do nothing more under it', async () => {
    await errands('post');
    const lost = await claimOne();
    clock.advance(MINUTE);
    const held = await claimOne();
    expect(held).toMatchObject({ key: lost.key, number: 2, dueSince: lost.until });
    expect(await leases.extend(database, [lost, held], MINUTE)).toEqual([lost]);
    expect(await leases.release(database, lost, null)).toBe(false);
    await expect(database.transaction((tx) => leases.assertHeld(tx, lost))).rejects.toThrow(LeaseLost);
    await database.transaction((tx) => leases.assertHeld(tx, held));
    expect(await rowOf('post')).toMatchObject({ lease_until: held.until, lease_number: 2 });
  });

  it('that ran out while nobody else wanted the row still counts', async () => {
    await errands('post');
    const claim = await claimOne();
    clock.advance(2 * MINUTE);
    await database.transaction((tx) => leases.assertHeld(tx, claim));
    expect(await leases.extend(database, [claim], MINUTE)).toEqual([]);
    expect(await leases.claimDue(database, 1, MINUTE)).toEqual([]);
  });

  it('keeps the row as long as it is extended', async () => {
    await errands('post', 'bank');
    const claims = await leases.claimDue(database, 2, MINUTE);
    for (let n = 0; n < 3; n += 1) {
      clock.advance(MINUTE - 1);
      expect(await leases.extend(database, claims, MINUTE)).toEqual([]);
    }
    expect(await leases.claimDue(database, 2, MINUTE)).toEqual([]);
    expect(await leases.extend(database, [], MINUTE)).toEqual([]);
    clock.advance(MINUTE);
    expect(await leases.claimDue(database, 2, MINUTE)).toHaveLength(2);
  });

  it('is given back with the time of the next check', async () => {
    await errands('post');
    expect(await leases.release(database, await claimOne(), later(5_000))).toBe(true);
    expect(await leases.claimDue(database, 1, MINUTE)).toEqual([]);
    clock.advance(5_000);
    const again = await claimOne();
    expect(again.number).toBe(2);
    expect(await leases.release(database, again, null)).toBe(true);
    expect(await leases.release(database, again, null)).toBe(false);
    clock.advance(100 * MINUTE);
    expect(await leases.claimDue(database, 1, MINUTE)).toEqual([]);
  });

  it('leaves an earlier check that somebody asked for meanwhile, even in the same millisecond', async () => {
    await errands('post');
    const claim = await claimOne();
    await execute(database, SOON, [clock.now(), 'post']);
    expect(await leases.claimDue(database, 1, MINUTE)).toEqual([]);
    await leases.extend(database, [claim], 2 * MINUTE);
    await leases.release(database, claim, null);
    expect(await claimOne()).toMatchObject({ number: 2, dueSince: clock.now() });
  });

  it('lets a holder ask for an earlier check than somebody else did', async () => {
    await errands('post');
    const claim = await claimOne();
    await execute(database, SOON, [later(30_000), 'post']);
    await leases.release(database, claim, later(10_000));
    expect(await rowOf('post')).toMatchObject({ next_check_at: later(10_000), lease_until: null });
  });

  it('cannot be taken over while its holder writes', async () => {
    await errands('post');
    const claim = await claimOne();
    clock.advance(MINUTE);
    await database.transaction(async (tx) => {
      await leases.assertHeld(tx, claim);
      expect(await leases.claimDue(database, 1, MINUTE)).toEqual([]);
      await leases.release(tx, claim, clock.now());
    });
    await expect(database.transaction((tx) => leases.assertHeld(tx, claim))).rejects.toThrow(LeaseLost);
    expect(await claimOne()).toMatchObject({ number: 2 });
  });

  it('is lost with its row', async () => {
    await errands('post');
    const claim = await claimOne();
    await server.query('DELETE FROM errands');
    expect(await leases.extend(database, [claim], MINUTE)).toEqual([claim]);
    await expect(database.transaction((tx) => leases.assertHeld(tx, claim))).rejects.toThrow(LeaseLost);
  });

  it('goes by the clock of the database, however wrong those of the workers are', async () => {
    const HOUR = 60 * MINUTE;
    const definition = { table: 'errands', key: 'id', keyType: 'bigint', returning: 'errands.name' } as const;
    const worker = (wrongMs: number) => new Leases<{ name: string }>(definition, new WrongClock(wrongMs));
    const [early, late] = [worker(HOUR), worker(-HOUR)];
    const place = [database, 100, MINUTE] as const;
    await server.query(`INSERT INTO errands (name, next_check_at) SELECT word, now() + due FROM
      (VALUES ('due', interval '-1 s'), ('not due', interval '50 min')) AS given (word, due)`);
    const [held, ...more] = await late.claimDue(...place);
    expect([held?.row.name, more]).toEqual(['due', []]);
    // One that believes it is an hour later neither takes what is leased nor what is not due.
    expect(await early.claimDue(...place)).toEqual([]);
    expect(await early.claim(database, held!.key, MINUTE)).toBeNull();
    expect(await early.extend(database, [held!], MINUTE)).toEqual([]);
    await server.query(
      "UPDATE errands SET lease_until = now() - interval '1 s', next_check_at = now() - interval '1 s' WHERE name = 'due'",
    );
    // One that believes it is an hour earlier takes what is free all the same, for as long as it says.
    const again = await late.claim(database, held!.key, MINUTE);
    expect(again).toMatchObject({ number: 2 });
    const LEFT = sql<{ ms: number }, []>(
      "SELECT (extract(epoch FROM lease_until - now()) * 1000)::float8 AS ms FROM errands WHERE name = 'due'",
    );
    const [{ ms } = { ms: 0 }] = await query(database, LEFT, []);
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(MINUTE);
  });

  it('can be claimed and written under by statements that a room words itself', async () => {
    await errands('bank', 'post');
    const OWN = sql<{ id: bigint; lease_number: number }, [now: Date, leaseMs: number]>(`
      UPDATE errands SET ${leaseSql.claimed('errands', leaseSql.until('$1', '$2'))} FROM (
        SELECT id AS mine FROM errands e WHERE ${leaseSql.isDue('e', leaseSql.now('$1'))} ORDER BY name DESC LIMIT 1) AS next
      WHERE id = mine RETURNING id, lease_number`);
    const DONE = sql<never, [id: bigint, number: number]>(
      `UPDATE errands SET done = true, ${leaseSql.released()} WHERE id = $1 AND ${leaseSql.isHeld('errands', '$2')}`,
    );
    const [own] = await query(database, OWN, [clock.now(), MINUTE]);
    expect(own).toEqual({ id: 2n, lease_number: 1 });
    expect((await leases.claimDue(database, 2, MINUTE)).map(({ row }) => row.name)).toEqual(['bank']);
    expect(await execute(database, DONE, [2n, 7])).toBe(0);
    expect(await execute(database, DONE, [2n, 1])).toBe(1);
    expect(await execute(database, DONE, [2n, 1])).toBe(0);
  });
});
