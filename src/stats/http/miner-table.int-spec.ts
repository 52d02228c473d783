import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { AccountsHttpModule, AccountsModule } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { PublicDeals } from '../../deals/index.js';
import { PublicMiners } from '../../miners/index.js';
import { recordScoreOn } from '../../miners/testing/record-score-on.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { Database } from '../../platform/prisma/index.js';
import { SystemClock } from '../../shared/index.js';
import { observeDealMove } from '../domain/observe.js';
import { StatsModule } from '../stats.module.js';
import { PostgresMinerFiguresStore } from '../store/postgres-miner-figures.store.js';
import { PostgresObservationStore } from '../store/postgres-observation.store.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';
import { RefreshMinerFigures } from '../verbs/refresh-miner-figures.js';
import { PublicMinersController } from './public-miners.controller.js';

let database: TestDatabase;
let app: NestFastifyApplication;
let refresh: RefreshMinerFigures;
let events = 0;

beforeAll(async () => {
  database = await testDatabase();
  const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
  @Module({
    imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule, StatsModule],
    controllers: [PublicMinersController],
  })
  class TestApp {}
  app = await createHttpApp(TestApp);
  await app.init();
  const [db, clock] = [app.get(Database), new SystemClock()];
  refresh = new RefreshMinerFigures(
    new PublicMiners(db),
    new PublicDeals(db),
    app.get(PostgresRollupStore),
    app.get(PostgresMinerFiguresStore),
    recordScoreOn(db, clock),
    clock,
  );
  await database.query(
    `INSERT INTO miners (address, name, region) VALUES ('t0100', 'Anna', 'EU'), ('t0200', '=HYPERLINK("x"), b', null),
       ('t0300', '', 'US'), ('t0400', '', null), ('t0500', '', null), ('t0600', '', null)`,
  );
  await seal('t0100', 12, 300);
  await seal('t0200', 3, 900);
}, 60_000);
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function measure(
  miner: string,
  from: string,
  to: string,
  ms: number,
  reason: string | null = null,
): Promise<void> {
  const about = { dealId: '1', carId: '00000000-0000-4000-8000-00000000000a', miner, cause: 'x', epoch: 1, bytes: 0 };
  events += 1;
  await app.get(PostgresObservationStore).record([
    {
      eventId: String(events),
      at: new Date(),
      observation: observeDealMove({ ...about, from, to, ms, reason, phase: reason && 'check-chain-deal' }),
    },
  ]);
}
async function seal(miner: string, deals: number, ms: number): Promise<void> {
  for (let i = 0; i < deals; i++) await measure(miner, 'published', 'active', ms);
}

interface Row {
  addr: string;
  state: string;
  score: number | null;
  scoreCourse: number[];
  figures: { sealMs: { p50: number } | null; slashes: number } | null;
}
async function get<T = Row[]>(url: string) {
  const { statusCode, body, headers } = await app.inject({ method: 'GET', url });
  return { status: statusCode, body: JSON.parse(body) as T, next: headers['x-next-cursor'] as string | undefined };
}

/** A page of the table may be a second old. */
async function shown(miner: string, window: string): Promise<void> {
  const of = async () =>
    (await get(`/public/miners?window=${window}&search=${miner}`)).body[0]?.figures?.sealMs ?? null;
  await until(of, { what: `the table shows the seals of ${miner}` });
}

describe('the table of miners', () => {
  it('knows a miner before anything was measured of it', async () => {
    const { body } = await get('/public/miners');
    expect(body.find(({ addr }) => addr === 't0300')).toMatchObject({ state: 'active', score: null, figures: null });
  });

  it('shows figures and scores once what was measured is rolled up', async () => {
    expect(await refresh.run()).toEqual({ miners: 6 });
    await shown('t0100', '24h');
    const { body } = await get('/public/miners?sort=score&order=desc&window=24h&search=t0');
    expect(body.slice(0, 2).map(({ addr, figures }) => [addr, figures?.sealMs?.p50])).toEqual([
      ['t0100', 300],
      ['t0200', 900],
    ]);
    expect(body[0]?.scoreCourse).toEqual([body[0]?.score]);
    expect(body[0]?.score).toBeGreaterThan(body[1]?.score ?? 100);
    expect(body[2]?.score).toBe(5);
  });

  it('looks again only at miners of whom something was measured', async () => {
    await seal('t0300', 1, 50);
    const { miners } = await refresh.run();
    expect(miners).toBeGreaterThan(0);
    expect(await refresh.run()).toEqual({ miners: 0 });
  });

  it('explains a score line by line, and shows its course', async () => {
    const { body } = await get<{ score: { score: number; lines: Record<string, number>[]; course: object[] } }>(
      '/public/miners/stats/t0100',
    );
    expect(body.score.lines).toContainEqual(
      expect.objectContaining({ dimension: 'seal', counted: { s: 12, n: 12 }, weight: 0.25 }),
    );
    const sum = body.score.lines.reduce((all, { contribution }) => all + (contribution ?? 0), 0);
    expect(sum).toBeCloseTo(body.score.score, 2);
    expect(body.score.course).toEqual([{ day: new Date().toISOString().slice(0, 10), score: body.score.score }]);
    expect((await get<object>('/public/miners/stats/t0400')).body).toMatchObject({ score: { score: 5 } });
  });

  it('pages by a cursor, filters, and refuses what it does not know', async () => {
    await shown('t0300', '30d');
    const seen: string[] = [];
    let after = '';
    do {
      const { body, next } = await get(`/public/miners?sort=sealMs&order=asc&limit=2${after}`);
      seen.push(...body.map(({ addr }) => addr));
      after = next === undefined ? '' : `&after=${next}`;
    } while (after !== '');
    expect(seen).toEqual(['t0300', 't0100', 't0200', 't0400', 't0500', 't0600']);
    expect((await get('/public/miners?region=EU')).body.map(({ addr }) => addr)).toEqual(['t0100']);
    for (const bad of ['sort=luck', 'limit=0', 'after=xyz', 'window=1y', 'format=xml', 'maxPrice=1.5', 'state=x'])
      expect((await get(`/public/miners?${bad}`)).status).toBe(400);
  });

  it('comes as CSV, in which a name is text and no formula', async () => {
    const { headers, body } = await app.inject({ method: 'GET', url: '/public/miners?format=csv&sort=name' });
    expect(headers['content-type']).toMatch(/^text\/csv/);
    const lines = body.split('\r\n');
    expect(lines[0]).toMatch(/^addr,name,state,region,protocols,score,/);
    expect(lines).toHaveLength(8);
    expect(body).toContain(`t0200,"'=HYPERLINK(""x""), b",active,`);
  });

  it('shows that a rule suspended a miner, why, and until when', async () => {
    for (let i = 0; i < 2; i++) await measure('t0200', 'active', 'slashed', 1, 'slashed');
    await refresh.run();
    expect((await get<object>('/public/miners/stats/t0200')).body).toMatchObject({
      suspended: true,
      suspension: { by: 'rule', reason: 'automatic: it lost proven deals (2 in 168 h)', until: expect.any(String) },
      deals: { slashes: 2 },
    });
    const announced = await database.query(
      `SELECT payload->>'miner' AS miner FROM outbox WHERE name = 'miner.suspended'`,
    );
    expect(announced).toEqual([{ miner: 't0200' }]);
  });
});
