import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountFigures } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { ContentFigures } from '../../content/index.js';
import { PublicDeals } from '../../deals/index.js';
import { PublicMiners } from '../../miners/index.js';
import { Database } from '../../platform/prisma/index.js';
import { DagFigures } from '../../storage/index.js';
import { CountTotals } from '../verbs/read-public-stats.js';
import { observeDealMove, observeRetrieval, observeUploads } from '../domain/observe.js';
import { PostgresFiguresStore } from './postgres-figures.store.js';
import { ReadTraffic } from '../verbs/read-traffic.js';
import { PostgresObservationStore } from './postgres-observation.store.js';
import { PostgresRollupStore } from './postgres-rollup.store.js';

let test: TestDatabase;
let db: Database;
let store: PostgresObservationStore;
let figures: PostgresFiguresStore;
let rollups: PostgresRollupStore;
let traffic: ReadTraffic;
const at = new Date('2026-05-04T10:20:30Z');
const user = '00000000-0000-4000-8000-000000000001';

beforeAll(async () => {
  test = await testDatabase();
  db = new Database(AppConfig.parse({ DATABASE_URL: test.url }));
  store = new PostgresObservationStore(db, new DagFigures(db), new ContentFigures(db));
  figures = new PostgresFiguresStore(db);
  rollups = new PostgresRollupStore(db);
  traffic = new ReadTraffic(rollups);
}, 60_000);

afterAll(async () => {
  await db.onApplicationShutdown();
  await test.drop();
});

const sealed = (miner: string, ms: number) =>
  observeDealMove({
    dealId: '1',
    carId: '00000000-0000-4000-8000-00000000000a',
    miner,
    from: 'published',
    to: 'active',
    cause: 'chain',
    phase: null,
    reason: null,
    epoch: 9,
    ms,
    bytes: 0,
  });

describe('what stats writes', () => {
  it('an event that is replayed adds nothing', async () => {
    const uploads = observeUploads({ contents: [{ contentId: '1', userId: user, cid: 'bafyroot', size: 1000 }] });
    await store.record([{ eventId: '1', at, observation: uploads }]);
    await store.record([{ eventId: '1', at, observation: uploads }]);
    const rows = await db.bandwidthHour.findMany({ where: { subject: 'bafyroot' } });
    expect(rows).toEqual([
      expect.objectContaining({ bytes: 1000n, requests: 1, userId: user, hour: new Date('2026-05-04T10:00:00Z') }),
    ]);
  });

  it('of many events together, those that are new count, each in its own hour', async () => {
    const next = new Date('2026-05-04T11:00:00Z');
    const upload = (cid: string) => observeUploads({ contents: [{ contentId: '1', userId: user, cid, size: 10 }] });
    await store.record([{ eventId: '31', at, observation: upload('bafymany') }]);
    await store.record([
      { eventId: '31', at, observation: upload('bafymany') },
      { eventId: '32', at, observation: upload('bafymany') },
      { eventId: '33', at, observation: upload('bafyother') },
      { eventId: '34', at: next, observation: upload('bafymany') },
    ]);
    const rows = await db.bandwidthHour.findMany({
      where: { subject: { in: ['bafymany', 'bafyother'] } },
      orderBy: [{ subject: 'asc' }, { hour: 'asc' }],
    });
    expect(rows.map(({ subject, hour, bytes }) => [subject, hour.getUTCHours(), bytes])).toEqual([
      ['bafymany', 10, 20n],
      ['bafymany', 11, 10n],
      ['bafyother', 10, 10n],
    ]);
    await db.bandwidthHour.deleteMany({ where: { subject: { in: ['bafymany', 'bafyother'] } } });
    await rollups.rebuild(at, { unlessBuilt: false });
  });

  it('ten replays at the same time add it once', async () => {
    await Promise.all(
      Array.from({ length: 10 }, () => store.record([{ eventId: '2', at, observation: sealed('t0777', 5) }])),
    );
    expect(await db.measurement.count({ where: { eventId: 2n } })).toBe(1);
    expect((await db.minerDay.findFirstOrThrow({ where: { miner: 't0777' } })).active).toBe(1);
  });

  it('egress is added up in the hour and belongs to the oldest content of the root', async () => {
    await db.user.create({ data: { id: user, username: 'owner' } });
    const dag = await db.dag.create({ data: { root: 'bafyegress', size: 10n, carBytes: 20n, blocks: 1 } });
    await db.content.create({
      data: {
        userId: user,
        dagId: dag.id,
        cid: 'bafyegress',
        name: 'x',
        size: 10n,
        profile: 'unixfs-v1-2025',
        replication: 6,
      },
    });
    const entry = {
      channel: 'gateway' as const,
      direction: 'out' as const,
      subject: 'bafyegress',
      userId: '',
      bytes: 500,
      requests: 1,
    };
    await store.addBandwidth(at, [entry, entry]);
    await store.addBandwidth(at, [entry]);
    const rows = await db.bandwidthHour.findMany({ where: { subject: 'bafyegress' } });
    expect(rows).toEqual([expect.objectContaining({ bytes: 1500n, requests: 3, userId: user })]);
    expect(await traffic.egressOf('bafyegress')).toEqual({ bytes: 1500, requests: 3 });
  });
});

describe('what stats reads', () => {
  it("a miner's figures are medians over its own successes, and its speed is bytes over time", async () => {
    for (const [id, ms] of [
      [10, 100],
      [11, 300],
      [12, 200],
    ] as const)
      await store.record([{ eventId: String(id), at, observation: sealed('t0555', ms) }]);
    await store.record([
      {
        eventId: '13',
        at,
        observation: observeRetrieval({
          retrievalId: 'r',
          root: 'x',
          miner: 't0555',
          source: 'http',
          ok: true,
          phase: null,
          reason: null,
          firstByteMs: 20,
          durationMs: 500,
          bytes: 1000,
        }),
      },
    ]);
    await store.record([
      {
        eventId: '14',
        at,
        observation: observeRetrieval({
          retrievalId: 'r',
          root: 'x',
          miner: 't0555',
          source: 'http',
          ok: false,
          phase: 'connect',
          reason: 'unreachable',
          firstByteMs: null,
          durationMs: 9000,
          bytes: 0,
        }),
      },
    ]);
    const kinds = new Map((await figures.byKind('t0555', new Date(0))).map((row) => [row.kind, row]));
    expect(kinds.get('seal')).toMatchObject({ count: 3n, ok: 3n, p50: 200 });
    expect(kinds.get('retrieval')).toMatchObject({ count: 2n, ok: 1n, p50: 500, speed: 2000 });
  });

  it('the public totals equal a recount of the rows', async () => {
    const totals = await new CountTotals(
      new ContentFigures(db),
      new DagFigures(db),
      new PublicDeals(db),
      new AccountFigures(db),
      new PublicMiners(db),
      traffic,
    ).run();
    expect(totals).toEqual({
      totalFilesStored: 1,
      totalStorage: 10,
      totalObjectsRef: 1,
      totalUsers: 1,
      totalBytesUploaded: 1000,
      bytesOut: 1500,
      dealsOnChain: 0,
      dealsActive: 0,
      totalStorageMiner: 0,
    });
    expect(await traffic.trafficOf(user)).toEqual({ bytesIn: 1000, bytesOut: 1500 });
  });

  it("a miner's deals come newest first, paged by id, with failures apart", async () => {
    const car = await db.car.create({ data: { kind: 'single', owner: 'api', state: 'sealed' } });
    await db.piece.create({
      data: {
        carId: car.id,
        root: 'bafypiece',
        carBytes: 10n,
        replication: 6,
        duration: 100,
        verified: false,
        maxPrice: 0,
      },
    });
    await db.miner.create({ data: { address: 't0900' } });
    const made = [];
    for (const state of ['active', 'rejected', 'failed', 'active']) {
      made.push(
        await db.deal.create({
          data: {
            carId: car.id,
            miner: 't0900',
            slot: made.length,
            state,
            live: false,
            verified: false,
            price: 0,
            duration: 100,
            failurePhase: state === 'active' ? null : 'propose',
          },
        }),
      );
    }
    const deals = new PublicDeals(db);
    const ids = async (...[page, which]: [{ limit: number; before?: bigint }, ('all' | 'failed' | 'notFailed')?]) =>
      (await deals.ofMiner('t0900', page, which)).map((row) => row.id);
    expect(await ids({ limit: 2 })).toEqual([made[3]?.id, made[2]?.id]);
    expect(await ids({ limit: 10, before: made[2]?.id as bigint })).toEqual([made[1]?.id, made[0]?.id]);
    expect(await ids({ limit: 10 }, 'failed')).toEqual([made[2]?.id, made[1]?.id]);
    expect(await ids({ limit: 10 }, 'notFailed')).toEqual([made[3]?.id, made[0]?.id]);
    expect((await deals.countsByMiner('t0900')).get('t0900')).toMatchObject({ dealCount: 4, errorCount: 2, active: 2 });
    expect(await deals.totals()).toEqual({ onChain: 0, active: 2 });
  });

  it('a miner is shown with its newest ask alone', async () => {
    const miners = new PublicMiners(db);
    expect(await miners.find('t0900')).toMatchObject({ address: 't0900', price: null });
    const ask = { miner: 't0900', verifiedPrice: 0, minPieceSize: 256n, maxPieceSize: 1024n };
    await db.minerAsk.createMany({ data: [1, 20].map((price) => ({ ...ask, price })) });
    expect(await miners.list()).toEqual([
      expect.objectContaining({ address: 't0900', price: '20', verifiedPrice: '0', minPieceSize: 256n }),
    ]);
    expect(await miners.find('t0404')).toBeNull();
  });
});
