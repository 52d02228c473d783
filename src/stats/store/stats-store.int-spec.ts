import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { observeDealMove, observeRetrieval, observeUploads } from '../domain/observe.js';
import { MinerFiguresQuery } from './miner-figures.query.js';
import { MinerRowsQuery } from './miner-rows.query.js';
import { ObservationStore } from './observation-store.js';
import { PublicStatsQuery } from './public-stats.query.js';

let test: TestDatabase;
let db: Database;
let store: ObservationStore;
const at = new Date('2026-05-04T10:20:30Z');
const user = '00000000-0000-4000-8000-000000000001';

beforeAll(async () => {
  test = await testDatabase();
  db = new Database(AppConfig.parse({ DATABASE_URL: test.url }));
  store = new ObservationStore(db);
}, 60_000);

afterAll(async () => {
  await db.$disconnect();
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
    expect(await store.record('1', at, uploads)).toBe(true);
    expect(await store.record('1', at, uploads)).toBe(false);
    const rows = await db.bandwidthHour.findMany({ where: { subject: 'bafyroot' } });
    expect(rows).toEqual([
      expect.objectContaining({ bytes: 1000n, requests: 1, userId: user, hour: new Date('2026-05-04T10:00:00Z') }),
    ]);
  });

  it('ten replays at the same time add it once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => store.record('2', at, sealed('t0777', 5))));
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
    expect(await new PublicStatsQuery(db).egressOf('bafyegress')).toEqual({ bytes: 1500n, requests: 3n });
  });
});

describe('what stats reads', () => {
  it("a miner's figures are medians over its own successes, and its speed is bytes over time", async () => {
    for (const [id, ms] of [
      [10, 100],
      [11, 300],
      [12, 200],
    ] as const)
      await store.record(String(id), at, sealed('t0555', ms));
    await store.record(
      '13',
      at,
      observeRetrieval({
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
    );
    await store.record(
      '14',
      at,
      observeRetrieval({
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
    );
    const kinds = new Map((await new MinerFiguresQuery(db).byKind(new Date(0), 't0555')).map((row) => [row.kind, row]));
    expect(kinds.get('seal')).toMatchObject({ count: 3n, ok: 3n, p50: 200 });
    expect(kinds.get('retrieval')).toMatchObject({ count: 2n, ok: 1n, p50: 500, speed: 2000 });
  });

  it('the public totals equal a recount of the rows', async () => {
    const totals = await new PublicStatsQuery(db).totals();
    expect(totals).toMatchObject({
      totalFilesStored: 1n,
      totalStorage: 10n,
      totalUsers: 1n,
      totalBytesUploaded: 1000n,
      bytesOut: 1500n,
      dealsOnChain: 0n,
    });
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
    const query = new MinerRowsQuery(db);
    expect((await query.deals('t0900', { limit: 2 })).map((row) => row.id)).toEqual([made[3]?.id, made[2]?.id]);
    expect((await query.deals('t0900', { limit: 10, before: made[2]?.id as bigint })).map((row) => row.id)).toEqual([
      made[1]?.id,
      made[0]?.id,
    ]);
    expect((await query.deals('t0900', { limit: 10 }, { failedOnly: true })).map((row) => row.state)).toEqual([
      'failed',
      'rejected',
    ]);
    expect((await query.deals('t0900', { limit: 10 }, { ignoreFailed: true })).map((row) => row.state)).toEqual([
      'active',
      'active',
    ]);
    expect((await query.miners('t0900'))[0]).toMatchObject({ address: 't0900', price: null });
    expect((await new MinerFiguresQuery(db).dealCounts('t0900'))[0]).toMatchObject({ dealCount: 4n, errorCount: 2n });
  });
});
