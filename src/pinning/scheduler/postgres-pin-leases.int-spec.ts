import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { SystemClock, userId } from '../../shared/index.js';
import { pinChanged } from '../pinning.events.js';
import { PostgresPinStore } from '../requests/postgres-pin.store.js';
import { PostgresPinLeases } from './postgres-pin-leases.store.js';

const CID_TEXT = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await testDatabase();
  database = new Database(AppConfig.parse({ DATABASE_URL: server.url }));
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await server.drop();
});

it('announces each change of a claimed pin once, in words that the event allows', async () => {
  const clock = new SystemClock();
  const pins = new PostgresPinStore(database, clock);
  const leases = new PostgresPinLeases(database, new Outbox(), clock);
  const owner = userId(randomUUID());
  const pin = await pins.add({ userId: owner, cid: CID_TEXT, cidV1: CID_TEXT, name: null, origins: [], meta: {} });
  const claim = async () => (await leases.claimNext(-1, new Map()))!;

  const first = await claim();
  await leases.release(first, null, 0);
  await leases.retry(first, 0, 'the lease is lost: no change, nothing to announce');
  await leases.retry(await claim(), 0, 'ERR_NO_PROVIDERS: nobody has it');
  await claim();
  expect(await leases.reclaim(5)).toBe(1);
  await leases.fail(await claim(), 'ERR_BLOCK_TOO_LARGE: a block of 5 MiB');

  const rows = await server.query<{ name: string; payload: unknown }>('SELECT name, payload FROM outbox ORDER BY id');
  const events = rows.map(({ name, payload }) => {
    expect(name).toBe(pinChanged.name);
    return pinChanged.payload.parse(payload);
  });
  for (const { requestId, userId: told, cid } of events)
    expect({ requestId, told, cid }).toEqual({ requestId: pin.requestId, told: owner, cid: CID_TEXT });
  expect(events.map(({ status, reason }) => [status, reason])).toEqual([
    ['pinning', null],
    ['queued', null],
    ['pinning', null],
    ['queued', 'ERR_NO_PROVIDERS: nobody has it'],
    ['pinning', 'ERR_NO_PROVIDERS: nobody has it'],
    ['queued', 'ERR_NO_PROVIDERS: nobody has it'],
    ['pinning', 'ERR_NO_PROVIDERS: nobody has it'],
    ['failed', 'ERR_BLOCK_TOO_LARGE: a block of 5 MiB'],
  ]);
});

/** Of a worker whose clock is wrong by so much. */
class WrongClock extends SystemClock {
  constructor(private readonly wrongMs: number) {
    super();
  }

  override now(): Date {
    return new Date(Date.now() + this.wrongMs);
  }
}

it('goes by the clock of the database, however wrong that of a worker is', async () => {
  const worker = (wrongMs: number) => new PostgresPinLeases(database, new Outbox(), new WrongClock(wrongMs));
  const [right, early, late] = [worker(0), worker(3_600_000), worker(-3_600_000)];
  const pins = new PostgresPinStore(database, new SystemClock());
  const owner = userId(randomUUID());
  const pin = await pins.add({ userId: owner, cid: CID_TEXT, cidV1: CID_TEXT, name: null, origins: [], meta: {} });
  const claimed = (await late.claimNext(60_000, new Map()))!;
  expect(claimed.pin.requestId).toBe(pin.requestId);
  expect(await early.reclaim(5)).toBe(0);
  expect(
    await early.extend([{ claim: claimed, progress: { blocks: 0, bytes: 0, sources: 0 }, lookedMs: 0 }], 60_000),
  ).toEqual([]);
  // Tried again in a minute, as the database counts them, whoever wrote that down.
  await early.retry(claimed, 60_000, 'ERR_NO_PROVIDERS: nobody has it');
  expect(await early.claimNext(60_000, new Map())).toBeNull();
  await server.query("UPDATE pins SET next_check_at = next_check_at - interval '61 s' WHERE user_id = $1", [owner]);
  const again = (await right.claimNext(-1, new Map()))!;
  expect(again.leaseNumber).toBe(2);
  expect(await late.reclaim(5)).toBe(1);
});
