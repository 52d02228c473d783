import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { ContentFigures } from '../../content/index.js';
import { Database } from '../../platform/prisma/index.js';
import { DagFigures } from '../../storage/index.js';
import type { Bandwidth, ObservedEvent } from '../domain/observation.js';
import { observeDealMove, observeDeletion, observePin, observeRetrieval, observeUploads } from '../domain/observe.js';
import { PostgresObservationStore } from './postgres-observation.store.js';
import { PostgresRollupStore } from './postgres-rollup.store.js';

let test: TestDatabase;
let db: Database;
let store: PostgresObservationStore;
let rollups: PostgresRollupStore;
const user = '00000000-0000-4000-8000-000000000001';
const carId = '00000000-0000-4000-8000-00000000000a';
const TABLES = ['rollup_hours', 'rollup_days', 'miner_days'] as const;

beforeAll(async () => {
  test = await testDatabase();
  db = new Database(AppConfig.parse({ DATABASE_URL: test.url }));
  store = new PostgresObservationStore(db, new DagFigures(db), new ContentFigures(db));
  rollups = new PostgresRollupStore(db);
}, 60_000);
afterAll(async () => {
  await db.onApplicationShutdown();
  await test.drop();
});

/** Hour after hour, over days: moves of all kinds, retrievals, uploads, deletions, pins. */
function eventOf(n: number): ObservedEvent {
  const at = new Date(Date.UTC(2026, 4, 4, 20 + (n % 40), n % 60, 3, n % 1000));
  const about = {
    dealId: String(n),
    carId,
    miner: `t0${100 + (n % 3)}`,
    cause: 'x',
    epoch: 1,
    userId: user,
    cost: '7',
  };
  const move = { ...about, phase: null, reason: null, ms: n * 37, bytes: n * 1000, carBytes: n * 900 };
  const failure = { phase: 'data-transfer', reason: n % 2 ? 'transfer-failed' : 'wallet-funds' };
  const observations = [
    () => observeDealMove({ ...move, from: 'queued', to: 'proposed' }),
    () => observeDealMove({ ...move, from: 'transferring', to: 'published' }),
    () => observeDealMove({ ...move, from: 'published', to: 'active' }),
    () => observeDealMove({ ...move, ...failure, from: 'transferring', to: 'failed' }),
    () => observeDealMove({ ...move, from: 'active', to: 'slashed', phase: 'fault', reason: 'slashed' }),
    () => observeRetrieval({ ...tried(n), ok: true, firstByteMs: n, reason: null, phase: null }),
    () => observeRetrieval({ ...tried(n), ok: false, firstByteMs: null, reason: 'timeout', phase: 'retrieval' }),
    () => observeUploads({ contents: [{ contentId: String(n), userId: user, cid: `bafy${n % 5}`, size: n }] }),
    () => observeDeletion({ contentId: String(n), userId: user, cid: `bafy${n % 5}`, freedBytes: 0, size: 3 }),
    () => observePin({ requestId: 'r', userId: user, cid: 'x', status: n % 2 ? 'pinned' : 'failed', reason: null }),
  ];
  return { eventId: String(n), at, observation: (observations[n % 10] as () => ObservedEvent['observation'])() };
}
const tried = (n: number) => ({
  retrievalId: null,
  root: `bafy${n % 5}`,
  miner: `t0${100 + (n % 3)}`,
  source: n % 4 ? 'http-car' : 'lotus',
  durationMs: n * 11,
  bytes: n * 4096,
});
const read = (bytes: number): Bandwidth => ({
  channel: 'gateway',
  direction: 'out',
  subject: 'bafy1',
  userId: user,
  bytes,
  requests: 1,
});

const everyRow = async () =>
  Object.fromEntries(
    await Promise.all(
      TABLES.map(async (table) => [
        table,
        (await test.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).map(({ row }) => row),
      ]),
    ),
  ) as Record<(typeof TABLES)[number], string[]>;

describe('roll-ups', () => {
  it('are the same, row by row, when they are made again from what was measured', async () => {
    for (let n = 1; n <= 120; n += 6) await store.record(Array.from({ length: 6 }, (_, i) => eventOf(n + i)));
    await store.addBandwidth(new Date('2026-05-05T01:02:03Z'), [read(500), read(70)]);
    const live = await everyRow();
    expect(live.rollup_hours.length).toBeGreaterThan(100);
    expect(live.rollup_days.length).toBeGreaterThan(30);
    expect(await rollups.rebuild(new Date(), { unlessBuilt: false })).toEqual({ measurements: expect.any(Number) });
    expect(await everyRow()).toEqual(live);
  });

  it('count nothing twice and miss nothing when events come in while they are made again', async () => {
    const all = Array.from({ length: 120 }, (_, i) => eventOf(1000 + i));
    const writing = (async () => {
      for (const event of all) await store.record([event]);
    })();
    const reading = (async () => {
      for (let i = 0; i < 40; i++) await store.addBandwidth(new Date('2026-05-05T03:00:00Z'), [read(1)]);
    })();
    for (let i = 0; i < 4; i++) await rollups.rebuild(new Date(), { unlessBuilt: false });
    await Promise.all([writing, reading]);
    const live = await everyRow();
    await rollups.rebuild(new Date(), { unlessBuilt: false });
    expect(await everyRow()).toEqual(live);
    const [{ bytes } = { bytes: 0 }] = await test.query<{ bytes: number }>(
      `SELECT bytes::int AS bytes FROM rollup_days WHERE scope = 'content' AND key = 'bafy1' AND label = 'gateway'`,
    );
    expect(bytes).toBe(610);
  });

  it('of a folder of an older release are made once', async () => {
    await test.query('DELETE FROM rollup_state');
    const made = await everyRow();
    await test.query('DELETE FROM rollup_days');
    expect(await rollups.isBuilt()).toBe(false);
    expect(await rollups.rebuild(new Date(), { unlessBuilt: true })).not.toBeNull();
    expect(await everyRow()).toEqual(made);
    expect(await rollups.isBuilt()).toBe(true);
    expect(await rollups.rebuild(new Date(), { unlessBuilt: true })).toBeNull();
  });

  it('by the hour add up to those by the day', async () => {
    const sums = (table: string) =>
      test.query(
        `SELECT scope, key, kind, label, sum(count)::int AS count, sum(bytes)::text AS bytes, sum(ms_total)::text AS ms
         FROM ${table} WHERE scope <> 'content' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
      );
    expect(await sums('rollup_hours')).toEqual(await sums('rollup_days'));
  });
});
