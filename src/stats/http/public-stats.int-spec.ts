import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { observeDealMove } from '../domain/observe.js';
import { StatsModule } from '../stats.module.js';
import { PostgresObservationStore } from '../store/postgres-observation.store.js';
import { CountTotals, ReadPublicStats } from '../verbs/read-public-stats.js';
import { PublicDealsController } from './public-deals.controller.js';
import { PublicMinersController } from './public-miners.controller.js';
import { PublicStatsController } from './public-stats.controller.js';

let database: TestDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await testDatabase();
  const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
  @Module({
    imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule, StatsModule],
    controllers: [PublicStatsController, PublicMinersController, PublicDealsController],
    providers: [CountTotals, ReadPublicStats],
  })
  class TestApp {}
  app = await createHttpApp(TestApp);
  await app.init();
  const store = app.get(PostgresObservationStore);
  const move = { dealId: '1', carId: '00000000-0000-4000-8000-00000000000a', miner: 't0100', cause: 'test', epoch: 9 };
  const at = new Date();
  await database.query(
    `insert into miners (address, name, suspended, suspended_reason) values ('t0100', 'one', true, 'slow'), ('t0200', '', false, null)`,
  );
  await store.record([
    {
      eventId: '1',
      at,
      observation: observeDealMove({
        ...move,
        from: 'published',
        to: 'active',
        phase: null,
        reason: null,
        ms: 300,
        bytes: 0,
      }),
    },
  ]);
  await store.record([
    {
      eventId: '2',
      at,
      observation: observeDealMove({
        ...move,
        from: 'proposed',
        to: 'rejected',
        phase: 'propose',
        reason: 'price-too-low',
        ms: 5,
        bytes: 0,
      }),
    },
  ]);
  await store.addBandwidth(at, [
    { channel: 'gateway', direction: 'out', subject: 'bafy', userId: '', bytes: 70, requests: 2 },
  ]);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const { statusCode, body } = await app.inject({ method: 'GET', url });
  return { status: statusCode, body: JSON.parse(body) as unknown };
}

describe('the public numbers', () => {
  it('are open to everybody, and say when they were counted', async () => {
    expect(await get('/public/stats')).toEqual({
      status: 200,
      body: {
        totalStorage: 0,
        totalFilesStored: 0,
        totalObjectsRef: 0,
        totalBytesUploaded: 0,
        dealsOnChain: 0,
        dealsActive: 0,
        totalUsers: expect.any(Number),
        totalStorageMiner: 2,
        bytesOut: 70,
        asOf: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
  });

  it('tell what became of deals by day, and bytes by hour', async () => {
    const day = new Date().toISOString().slice(0, 10);
    expect((await get('/public/metrics/deals-on-chain')).body).toEqual([
      {
        time: day,
        dealsAttempted: 0,
        dealsOnChain: 0,
        dealsOnChainBytes: 0,
        dealsSealed: 1,
        dealsSealedBytes: 0,
        dealsFailed: 1,
      },
    ]);
    expect((await get('/public/metrics/bandwidth?hours=2')).body).toEqual([
      expect.objectContaining({ channel: 'gateway', direction: 'out', bytes: 70, requests: 2 }),
    ]);
    expect((await get('/public/metrics/bandwidth?hours=0')).status).toBe(400);
  });
});

describe('failures of everybody', () => {
  it('are open to all and paged by the id of a deal', async () => {
    expect(await get('/public/deals/failures')).toEqual({ status: 200, body: [] });
    expect((await get('/public/deals/failures?before=x')).status).toBe(400);
  });
});

describe('a series', () => {
  it('has one point for each day, days without an event included', async () => {
    const { status, body } = await get('/public/metrics/series?metric=deals-active&window=3d');
    expect(status).toBe(200);
    expect(body).toMatchObject({ metric: 'deals-active', unit: 'deals', shape: 'level' });
    const { points } = body as { points: { time: string; value: number }[] };
    expect(points.map(({ value }) => value)).toEqual([0, 0, 1]);
    expect((await get('/public/metrics/series?metric=bandwidth-out')).body).toMatchObject({
      points: expect.arrayContaining([{ time: points[2]?.time, value: 70 }]),
    });
  });

  it.each(['metric=luck', 'metric=retrievals&window=0d', 'metric=retrievals&window=week', 'window=30d'])(
    'is refused where it cannot be: %s',
    async (query) => {
      expect((await get(`/public/metrics/series?${query}`)).status).toBe(400);
    },
  );
});

describe('the public pages of miners', () => {
  it('list all that we know', async () => {
    expect((await get('/public/miners')).body).toEqual([
      expect.objectContaining({ addr: 't0100', name: 'one', suspended: true, suspendedReason: 'slow', ask: null }),
      expect.objectContaining({ addr: 't0200', suspended: false, suspendedReason: '', dealCount: 0, activeDeals: 0 }),
    ]);
  });

  it('show what was measured of one, and why it failed', async () => {
    expect((await get('/public/miners/stats/t0100?days=1')).body).toMatchObject({
      miner: 't0100',
      usedByEstuary: false,
      days: 1,
      figures: { sealMs: 300, acceptRate: 0, proposals: 0 },
      failures: [{ phase: 'propose', reason: 'price-too-low', count: 1 }],
    });
  });

  it('show a miner over a window: what it did, how long it took, and whose fault failures were', async () => {
    const { body } = await get('/public/miners/stats/f0100?window=24h');
    expect(body).toMatchObject({
      window: '24h',
      deals: { proposals: 0, accepted: 0, refused: 1, acceptRate: 0, sealed: 1, slashes: 0, faults: 0 },
      times: { sealMs: { count: 1, p10: 300, p50: 300, p90: 300, p95: 300 }, publishMs: null },
      failed: {
        total: 1,
        ours: 0,
        theirs: 1,
        byReason: [{ phase: 'propose', reason: 'price-too-low', count: 1, fault: 'theirs' }],
      },
      retrieval: { attempts: 0, successRate: null, bySource: [] },
      bytes: { in: 0, out: 0 },
      asks: [],
    });
    expect((await get('/public/miners/stats/t0200?window=all')).body).toMatchObject({ deals: { acceptRate: null } });
    expect((await get('/public/miners/stats/t0100?window=1y')).status).toBe(400);
  });

  it.each(['stats', 'failures', 'deals'])('say 404 for one that nobody knows: %s', async (page) => {
    expect(await get(`/public/miners/${page}/t0404`)).toMatchObject({
      status: 404,
      body: { error: { reason: 'ERR_RECORD_NOT_FOUND' } },
    });
  });

  it.each(['before=x', 'limit=0', 'limit=1001'])('refuse a page that cannot be: %s', async (query) => {
    expect((await get(`/public/miners/deals/t0100?${query}`)).status).toBe(400);
  });

  it('are empty where a miner has no deals', async () => {
    for (const page of ['deals', 'failures'])
      expect(await get(`/public/miners/${page}/t0100?ignore-failed`)).toEqual({ status: 200, body: [] });
  });
});
