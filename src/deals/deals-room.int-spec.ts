import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type TestDatabase, testDatabase } from '../../test/support/test-database.js';
import { until } from '../../test/support/until.js';
import { AccountsHttpModule, AccountsModule, ApiKeyRegistry, UserRegistry } from '../accounts/index.js';
import { StorageModule } from '../storage/index.js';
import { CommpModule } from '../adapters/commp/index.js';
import { ChainSource } from '../chain/index.js';
import { minerOnChain, ScriptedChainSource } from '../chain/testing/scripted-chain-source.js';
import { AppConfig } from '../config/index.js';
import { ContentHttpModule } from '../content/index.js';
import { AskSource, MinersJobsModule } from '../miners/index.js';
import { ScriptedAskSource } from '../miners/testing/scripted-ask-source.js';
import { createHttpApp } from '../platform/http/index.js';
import { OutboxJobsModule } from '../platform/outbox/index.js';
import { PlatformModule } from '../platform/platform.module.js';
import { minerId } from '../shared/index.js';
import { DealMaker, DealsHttpModule, DealsJobsModule, PieceSource } from './index.js';
import { ScriptedDealMaker } from './testing/scripted-deal-maker.js';

interface Status {
  content: { state: string };
  deals: {
    deal: { id: number; miner: string; state: string; propCid: string; dealId: number };
    transfer: { status: string; sent: number };
    onChainState: { sectorStartEpoch: number; slashEpoch: number } | null;
  }[];
  pieces: { state: string; pieceCid: string; carBytes: number; lastError: string | null }[];
  progress: { active: number; text: string };
  failuresCount: number;
}

/** API and worker with their own modules, queue, outbox, CAR files and commP; only the Filecoin network is played. */
describe('the deals room in the whole platform', () => {
  let database: TestDatabase;
  let folder: string;
  let app: NestFastifyApplication;
  let worker: INestApplicationContext;
  let clock: NodeJS.Timeout;
  const chain = new ScriptedChainSource({
    miners: Array.from({ length: 10 }, (_, index) => minerOnChain(`t0${1000 + index}`)),
    blockDelaySeconds: 1,
    now: () => new Date(),
  });
  const maker = new ScriptedDealMaker(chain)
    .script(minerId('t01001'), 'refuses')
    .script(minerId('t01002'), 'transfer-fails');
  const keys: Record<'alice' | 'bob' | 'root', string> = { alice: '', bob: '', root: '' };

  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'deals-'));
    const config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      TIDEWATER_DATA: folder,
      SEGMENT_MAX_AGE_SECONDS: '0.5',
      DEALS_CHECK_SECONDS: '0.2',
      MINERS_REFRESH_SECONDS: '1',
    });
    @Global()
    @Module({
      providers: [
        { provide: ChainSource, useValue: chain },
        { provide: DealMaker, useValue: maker },
        { provide: AskSource, useClass: ScriptedAskSource },
        { provide: PieceSource, useValue: { retrieve: () => Promise.reject(new Error('nobody has it')) } },
      ],
      exports: [ChainSource, DealMaker, AskSource, PieceSource],
    })
    class PlayedNetwork {}
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'api', config }),
        PlayedNetwork,
        AccountsModule,
        AccountsHttpModule,
        StorageModule.forProcess('api'),
        ContentHttpModule,
        DealsHttpModule,
      ],
    })
    class ApiProcess {}
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'worker', config }),
        PlayedNetwork,
        StorageModule.forProcess('worker'),
        CommpModule,
        OutboxJobsModule,
        MinersJobsModule,
        DealsJobsModule,
      ],
    })
    class WorkerProcess {}
    app = await createHttpApp(ApiProcess);
    await app.init();
    for (const name of ['alice', 'bob', 'root'] as const) {
      const user = await app
        .get(UserRegistry, { strict: false })
        .create({ username: name, role: name === 'root' ? 'admin' : 'user' });
      keys[name] = (
        await app
          .get(ApiKeyRegistry, { strict: false })
          .create({ userId: user.id, scope: name === 'root' ? 'admin' : 'user', label: '', expiry: 'false' })
      ).token;
    }
    worker = await NestFactory.createApplicationContext(WorkerProcess, { logger: false, abortOnError: false });
    clock = setInterval(() => maker.advance(), 150);
  }, 60_000);
  afterAll(async () => {
    clearInterval(clock);
    await worker?.close();
    await app?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  async function call<T = unknown>(
    who: keyof typeof keys | null,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object | Buffer,
  ): Promise<{ status: number; body: T }> {
    const headers = {
      ...(who ? { authorization: `Bearer ${keys[who]}` } : {}),
      ...(Buffer.isBuffer(payload) ? { 'content-type': 'application/octet-stream' } : {}),
    };
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: answer.statusCode, body: answer.json() as T };
  }

  let contentId = 0;
  let cid = '';
  let status: Status;

  it('takes an upload to six active deals with six miners, past one that refuses and one that fails', async () => {
    const uploaded = await call<{ estuaryId: number; cid: string }>(
      'alice',
      'PUT',
      '/content/add?filename=a.bin',
      Buffer.alloc(1024, 7),
    );
    expect(uploaded.status).toBe(200);
    ({ estuaryId: contentId, cid } = uploaded.body);
    status = await until(
      async () => {
        const { body } = await call<Status>('alice', 'GET', `/content/status/${contentId}`);
        return body.progress.active === 6 && body.pieces[0]?.state === 'replicated' ? body : null;
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    const active = status.deals.filter(({ deal }) => deal.state === 'active');
    expect(new Set(active.map(({ deal }) => deal.miner)).size).toBe(6);
    expect(active[0]).toMatchObject({
      transfer: { status: 'Completed', sent: status.pieces[0]?.carBytes },
      onChainState: { slashEpoch: -1 },
    });
    expect(status).toMatchObject({
      content: { state: 'stored' },
      pieces: [{ state: 'replicated', pieceCid: expect.stringMatching(/^baga6ea4sea/) }],
      progress: { text: '6 of 6' },
    });
  }, 60_000);

  it('shows a deal by each of its names, its receipts with dates and cost, and its timeline', async () => {
    const { id, propCid, dealId } = status.deals.find(({ deal }) => deal.state === 'active')!.deal;
    for (const url of [`/deals/status/${id}`, `/deals/status-by-proposal/${propCid}`, `/deals/by-chain-id/${dealId}`]) {
      expect(await call('alice', 'GET', url)).toMatchObject({ status: 200, body: { deal: { id, state: 'active' } } });
    }
    expect((await call<Status[]>('alice', 'GET', `/deals/by-cid/${cid}`)).body[0]?.deals.length).toBe(
      status.deals.length,
    );
    const dated = {
      startAt: expect.stringMatching(/^\d{4}-/),
      endAt: expect.stringMatching(/^\d{4}-/),
      totalCost: expect.stringMatching(/^\d+$/),
      totalCostFil: expect.any(String),
    };
    expect((await call('alice', 'GET', `/deals/proposal/${propCid}`)).body).toMatchObject({
      proposalCid: propCid,
      miner: expect.stringMatching(/^t0/),
      ...dated,
    });
    expect((await call('alice', 'GET', `/deals/info/${dealId}`)).body).toMatchObject({
      dealId,
      Proposal: { PieceCID: { '/': status.pieces[0]?.pieceCid } },
      State: { SlashEpoch: -1 },
      ...dated,
    });
    const timeline = (await call<{ to: string; cause: string }[]>('alice', 'GET', `/deals/${id}/timeline`)).body;
    expect(timeline.map(({ to }) => to)).toEqual([
      'queued',
      'proposed',
      'accepted',
      'transferring',
      'published',
      'active',
    ]);
    expect(timeline.every(({ cause }) => cause !== '')).toBe(true);
  });

  it('shows failures with phase and typed reason to their owner only', async () => {
    const mine = (await call<{ phase: string; reason: string }[]>('alice', 'GET', '/deals/failures')).body;
    const ofContent = (await call<object[]>('alice', 'GET', `/content/failures/${contentId}`)).body;
    expect(ofContent).toHaveLength(mine.length);
    for (const { phase, reason } of mine)
      expect(`${phase}/${reason}`).toMatch(/^(propose\/refused-policy|data-transfer\/transfer-failed)$/);
    expect((await call<object[]>('bob', 'GET', '/deals/failures')).body).toEqual([]);
  });

  it("hides a stranger's deals behind the 404 of deals that do not exist", async () => {
    const { id, propCid, dealId } = status.deals[0]!.deal;
    for (const url of [
      `/deals/status/${id}`,
      `/deals/status-by-proposal/${propCid}`,
      `/deals/by-chain-id/${dealId || 1000}`,
      `/deals/proposal/${propCid}`,
      `/deals/info/${dealId || 1000}`,
      `/deals/${id}/timeline`,
      `/content/status/${contentId}`,
      `/content/failures/${contentId}`,
    ]) {
      expect([url, (await call('bob', 'GET', url)).status]).toEqual([url, 404]);
    }
    expect((await call<object[]>('bob', 'GET', `/deals/by-cid/${cid}`)).body).toEqual([]);
    expect((await call('root', 'GET', `/deals/status/${id}`)).status).toBe(200);
    expect(JSON.stringify((await call(null, 'GET', `/public/by-cid/${cid}`)).body)).not.toContain('userId');
  });

  it('tells the public where a CID is stored, and answers nonsense with 400 and unknown CIDs with nothing', async () => {
    const { body } = await call<{ deals: { dealId: number }[] }[]>(null, 'GET', `/public/by-cid/${cid}`);
    expect(body[0]?.deals).toHaveLength(6);
    expect((await call(null, 'GET', '/public/by-cid/nonsense')).status).toBe(400);
    expect(
      (await call(null, 'GET', '/public/by-cid/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')).body,
    ).toEqual([]);
  });

  it('estimates by the asks of miners that it would take', async () => {
    const { status: code, body } = await call<{ totalAttoFil: string; Asks: { cost: string }[] }>(
      'alice',
      'POST',
      '/deals/estimate',
      { size: 1_000_000, replication: 3, durationBlks: 1000, verified: false },
    );
    expect(code).toBe(200);
    expect(body.Asks).toHaveLength(3);
    // floor(1e9 * 2^20 / 2^30) per epoch, 1000 epochs, three miners.
    expect(body.totalAttoFil).toBe(String(976_562n * 1000n * 3n));
    expect((await call('alice', 'POST', '/deals/estimate', { size: 0 })).status).toBe(400);
  });

  it('keeps the deal making switch, and shows progress, to admins only', async () => {
    expect((await call('alice', 'POST', '/admin/cm/dealmaking', { enabled: false })).status).toBe(403);
    expect((await call('root', 'POST', '/admin/cm/dealmaking', { enabled: false })).body).toEqual({ enabled: false });
    expect((await call('root', 'GET', '/admin/cm/progress')).body).toMatchObject({
      dealMakingEnabled: false,
      deals: { active: 6 },
      pieces: { replicated: 1 },
    });
    const later = (
      await call<{ estuaryId: number }>('alice', 'PUT', '/content/add?filename=b.bin', Buffer.alloc(2048, 9))
    ).body.estuaryId;
    expect((await call('root', 'POST', `/admin/cm/offload/${later}`)).body).toMatchObject({
      error: { code: 409, reason: 'ERR_NOT_ENOUGH_SEALED_DEALS' },
    });
    await call('root', 'POST', '/admin/cm/dealmaking', { enabled: true });
    await until(
      async () =>
        (await call<Status>('alice', 'GET', `/content/status/${later}`)).body.progress.active === 6 ? true : null,
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    expect((await call<object[]>('alice', 'GET', '/content/deals')).body).toHaveLength(2);
  }, 60_000);

  it('replaces a slashed deal with another miner, and says what happened', async () => {
    const lost = status.deals.find(({ deal }) => deal.state === 'active')!.deal;
    chain.putDeal({ chainDealId: BigInt(lost.dealId), slashEpoch: chain.height });
    await database.query('UPDATE deals SET next_check_at = now()');
    const repaired = await until(
      async () => {
        const { body } = await call<Status>('alice', 'GET', `/content/status/${contentId}`);
        return body.deals.some(({ deal }) => deal.state === 'slashed') && body.progress.active === 6 ? body : null;
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    const active = repaired.deals.filter(({ deal }) => deal.state === 'active').map(({ deal }) => deal.miner);
    expect(active).not.toContain(lost.miner);
    expect(
      (await call<{ to: string; epoch: number }[]>('alice', 'GET', `/deals/${lost.id}/timeline`)).body.at(-1),
    ).toMatchObject({ to: 'slashed', cause: expect.stringContaining('slashed at epoch') });
  }, 60_000);

  it('waits readably under a price that nobody takes, goes on when it is raised, and grows for who stores the same again', async () => {
    const bytes = Buffer.from('dear to somebody, and then to somebody else');
    const mine = (await call<{ estuaryId: number }>('alice', 'PUT', '/content/add?replication=2&maxPrice=1', bytes))
      .body.estuaryId;
    const read = async () => (await call<Status>('alice', 'GET', `/content/status/${mine}`)).body;
    await until(async () => ((await read()).pieces[0]?.lastError?.includes('above the cap of') ? true : null), {
      timeoutMs: 20_000,
      intervalMs: 100,
    });
    expect((await call('bob', 'POST', `/content/terms/${mine}`, { maxPrice: '30000000000' })).status).toBe(404);
    expect(await call('alice', 'POST', `/content/terms/${mine}`, { maxPrice: 'much' })).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_INPUT' } },
    });
    expect(await call('alice', 'POST', `/content/terms/${mine}`, { maxPrice: '30000000000' })).toMatchObject({
      status: 200,
      body: { pieces: [{ maxPrice: '30000000000', replication: 2 }] },
    });
    expect(await call('alice', 'POST', `/content/terms/${mine}`, { maxPrice: '5' })).toMatchObject({
      status: 409,
      body: { error: { reason: 'ERR_TERMS_NOT_RAISED' } },
    });
    expect(
      (
        await until(async () => ((await read()).progress.text === '2 of 2' ? read() : null), {
          timeoutMs: 20_000,
          intervalMs: 100,
        })
      ).pieces[0]?.state,
    ).toBe('replicated');

    expect((await call('bob', 'PUT', '/content/add', bytes)).status).toBe(200);
    const grown = await until(async () => ((await read()).progress.text === '6 of 6' ? read() : null), {
      timeoutMs: 30_000,
      intervalMs: 100,
    });
    expect(grown.pieces).toHaveLength(1);
    expect(new Set(grown.deals.filter(({ deal }) => deal.state === 'active').map(({ deal }) => deal.miner)).size).toBe(
      6,
    );
  }, 90_000);

  it('raises the price of a piece that contents share for the operator alone', async () => {
    expect((await call('alice', 'POST', `/content/terms/${contentId}`, { maxPrice: '40000000000' })).status).toBe(409);
    expect(await call('root', 'POST', `/content/terms/${contentId}`, { maxPrice: '40000000000' })).toMatchObject({
      status: 200,
      body: { pieces: [{ maxPrice: '40000000000' }] },
    });
  });

  it('lets an uploader spend no more than the caps of its account, and tells it what they are', async () => {
    const bytes = Buffer.from('whoever stores this wants too much of it');
    const refused = (term: string) => ({
      status: 403,
      body: {
        error: { reason: 'ERR_DEAL_TERMS_ABOVE_CAP', details: expect.stringMatching(`${term} \\w+ \\(at most`) },
      },
    });
    const asked = { verified: 'true', replication: '50', maxPrice: '1'.padEnd(30, '0'), duration: '3680640' };
    for (const [term, value] of Object.entries(asked)) {
      expect(await call('alice', 'PUT', `/content/add?${term}=${value}`, bytes)).toMatchObject(refused(term));
      expect(await call('alice', 'POST', `/content/add-car?${term}=${value}`, bytes)).toMatchObject(refused(term));
    }
    expect((await call<object[]>('alice', 'GET', '/content/list')).body).not.toContainEqual(
      expect.objectContaining({ size: bytes.length }),
    );
    expect(await call('alice', 'GET', '/user/limits')).toMatchObject({
      body: {
        limits: { replicationCap: 6, durationCap: 1_494_720, priceCap: '30000000000', dataCapPerDay: null },
        usage: { spendToday: expect.stringMatching(/^[1-9]\d+$/), dataCapToday: 0 },
      },
    });
    const raised = await call('root', 'PUT', '/admin/users/alice/limits', { replicationCap: 7, spendPerDay: '1' });
    expect(raised).toMatchObject({ status: 200, body: { limits: { replicationCap: 7, spendPerDay: '1' } } });
    expect(await call('alice', 'PUT', '/content/add?replication=7', bytes)).toMatchObject({
      status: 403,
      body: { error: { reason: 'ERR_DEAL_BUDGET_EXCEEDED', details: expect.stringContaining('spendPerDay') } },
    });
    await call('root', 'PUT', '/admin/users/alice/limits', { spendPerDay: null });
    expect((await call('alice', 'PUT', '/content/add?replication=7', bytes)).status).toBe(200);
    await call('root', 'PUT', '/admin/users/alice/limits', { replicationCap: null });
  });

  it('never raises the terms of a piece that contents share because the same bytes are stored again', async () => {
    const shared = Buffer.from('one small file of many in a segment');
    const first = (await call<{ estuaryId: number }>('alice', 'PUT', '/content/add', shared)).body.estuaryId;
    const pieceOf = async () =>
      (
        await call<Status & { pieces: { replication: number; maxPrice: string }[] }>(
          'alice',
          'GET',
          `/content/status/${first}`,
        )
      ).body.pieces[0];
    const before = await until(async () => (await pieceOf()) ?? null, { timeoutMs: 20_000, intervalMs: 100 });
    for (const user of ['alice', 'bob'] as const) {
      await call('root', 'PUT', `/admin/users/${user}/limits`, { replicationCap: 9 });
      expect((await call(user, 'PUT', '/content/add?replication=9&maxPrice=30000000000', shared)).status).toBe(200);
      await call('root', 'PUT', `/admin/users/${user}/limits`, { replicationCap: null });
    }
    await until(
      async () =>
        (await database.query("SELECT 1 FROM outbox WHERE name = 'content.stored' AND array_length(pending, 1) > 0"))
          .length === 0
          ? true
          : null,
      { timeoutMs: 20_000, intervalMs: 100 },
    );
    expect(await pieceOf()).toMatchObject({ replication: before.replication, maxPrice: before.maxPrice });
    expect(before.replication).toBe(6);
  }, 60_000);

  it('offloads what is sealed, after a look that changes nothing', async () => {
    expect((await call<object[]>('root', 'GET', '/admin/cm/offload/candidates')).body.length).toBeGreaterThan(0);
    expect((await call('root', 'POST', `/admin/cm/offload/${contentId}?execute=false`)).body).toMatchObject({
      executed: false,
      freedBytes: expect.any(Number),
      pieces: [{ sealed: 6, wanted: 6 }],
    });
    expect((await call<Status>('alice', 'GET', `/content/status/${contentId}`)).body.content.state).toBe('stored');
    const { freedBytes, pendingBytes } = (
      await call<{ freedBytes: number; pendingBytes: number }>(
        'root',
        'POST',
        `/admin/cm/offload/${contentId}?execute=false`,
      )
    ).body;
    expect(freedBytes + pendingBytes).toBeGreaterThan(0);
    expect(await call('root', 'POST', `/admin/cm/offload/${contentId}`)).toMatchObject({
      status: 200,
      body: { executed: true, freedBytes, pendingBytes },
    });
    expect((await call<Status>('alice', 'GET', `/content/status/${contentId}`)).body.content.state).toBe('offloaded');
    expect((await call('alice', 'POST', `/admin/cm/offload/${contentId}`)).status).toBe(403);
  });
});
