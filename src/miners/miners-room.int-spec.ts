import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { testDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { until } from '../../test/support/until.js';
import { AccountsHttpModule, AccountsModule, ApiKeyRegistry, UserRegistry, type Role } from '../accounts/index.js';
import { ChainHttpModule, ChainSource } from '../chain/index.js';
import { minerOnChain, ScriptedChainSource } from '../chain/testing/scripted-chain-source.js';
import { AppConfig } from '../config/index.js';
import { createHttpApp } from '../platform/http/index.js';
import { PlatformModule } from '../platform/platform.module.js';
import { minerId } from '../shared/index.js';
import { AskSource, MinerRegistry, MinersHttpModule, MinersJobsModule } from './index.js';
import { ScriptedAskSource } from './testing/scripted-ask-source.js';

const chain = new ScriptedChainSource({
  network: 'scripted-devnet',
  miners: ['t01000', 't01001', 't01002'].map((address) => minerOnChain(address)),
});
const asks = new ScriptedAskSource();

@Global()
@Module({
  providers: [
    { provide: ChainSource, useValue: chain },
    { provide: AskSource, useValue: asks },
  ],
  exports: [ChainSource, AskSource],
})
class ScriptedNetwork {}

describe('Miners and the chain over HTTP', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let admin: string;
  let user: string;

  async function key(username: string, role: Role): Promise<string> {
    const { id } = await app.get(UserRegistry).create({ username, role });
    return (await app.get(ApiKeyRegistry).create({ userId: id, scope: role, label: '', expiry: 'false' })).token;
  }

  beforeAll(async () => {
    asks.silent.add(minerId('t01001'));
    database = await testDatabase();
    const config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      MINERS_DISCOVER_LIMIT: '3',
      MINERS_REFRESH_SECONDS: '3600',
    });
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'api', config }),
        ScriptedNetwork,
        AccountsModule,
        AccountsHttpModule,
        ChainHttpModule,
        MinersHttpModule,
        MinersJobsModule,
      ],
    })
    class TestApp {}
    app = await createHttpApp(TestApp);
    await app.init();
    admin = await key('root', 'admin');
    user = await key('alice', 'user');
    const asked = async () => {
      const miners = await app.get(MinerRegistry).list();
      return miners.length === 3 && miners.every(({ ask, askError }) => ask !== null || askError !== null);
    };
    await until(asked, { what: 'all three miners were asked' });
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  async function call(method: 'GET' | 'POST' | 'PUT', url: string, token?: string, payload?: object) {
    const answer = await app.inject({
      method,
      url,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(payload ? { payload } : {}),
    });
    return { status: answer.statusCode, body: answer.json<unknown>() };
  }

  it('finds the miners at start, and shows an operator all about them', async () => {
    const { status, body } = await call('GET', '/admin/miners', admin);
    expect(status).toBe(200);
    expect(body).toMatchObject([
      {
        addr: 't01000',
        suspended: false,
        chain_info: { peerId: '12D3KooWt01000', owner: 't0100' },
        httpUrl: 'http://127.0.0.1:8080',
        ask: { price: '1000000000', minPieceSize: 256 },
        askError: null,
        breaker: { state: 'closed' },
        success: null,
      },
      { addr: 't01001', ask: null, askError: 't01001 does not answer' },
      { addr: 't01002' },
    ]);
  });

  it('keeps the admin routes to admins', async () => {
    expect((await call('GET', '/admin/miners')).status).toBe(401);
    expect((await call('GET', '/admin/miners', user)).status).toBe(403);
    expect((await call('POST', '/admin/miners/suspend/t01000', user, { reason: 'x' })).status).toBe(403);
    expect((await call('GET', '/admin/balance', user)).status).toBe(403);
  });

  it('suspends with a reason, and lifts it', async () => {
    expect(await call('POST', '/admin/miners/suspend/t01000', admin, { reason: 'loses data' })).toEqual({
      status: 200,
      body: {},
    });
    expect(await app.get(MinerRegistry).find(minerId('t01000'))).toMatchObject({
      suspended: true,
      suspendedReason: 'loses data',
    });
    expect(await call('PUT', '/admin/miners/unsuspend/t01000', admin)).toEqual({ status: 200, body: {} });
    expect(await app.get(MinerRegistry).find(minerId('t01000'))).toMatchObject({ suspended: false });
  });

  it('refuses what makes no sense, by name', async () => {
    expect(await call('POST', '/admin/miners/suspend/t01000', admin, {})).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_INPUT' } },
    });
    expect(await call('POST', '/admin/miners/suspend/t09999', admin, { reason: 'x' })).toMatchObject({
      status: 404,
      body: { error: { reason: 'ERR_RECORD_NOT_FOUND' } },
    });
    expect(await call('POST', '/admin/miners/add/nonsense', admin)).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_INPUT' } },
    });
    expect(await call('POST', '/admin/miners/add/t09999', admin)).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_MINER_SETUP' } },
    });
  });

  it('adds a miner by hand, with a name', async () => {
    chain.miners.set(minerId('t01003'), minerOnChain('t01003'));
    expect(await call('POST', '/admin/miners/add/t01003?name=Anna', admin)).toEqual({ status: 200, body: {} });
    expect(await call('PUT', '/admin/miners/set-info/t01003', admin, { name: 'Berta' })).toEqual({
      status: 200,
      body: {},
    });
    expect(await app.get(MinerRegistry).find(minerId('t01003'))).toMatchObject({
      name: 'Berta',
      httpUrl: 'http://127.0.0.1:8080',
    });
  });

  it('asks a miner for its price while the caller waits', async () => {
    asks.asks.set(minerId('t01000'), { price: 7n, verifiedPrice: 0n, minPieceSize: 256n, maxPieceSize: 1024n });
    // An ask of the last half minute counts as asked now.
    await database.query("UPDATE miner_asks SET seen_at = now() - interval '1 minute'");
    expect((await call('GET', '/public/miners/storage/query/f01000')).status).toBe(200);
    expect(await call('GET', '/public/miners/storage/query/t01000')).toEqual({
      status: 200,
      body: { miner: 't01000', price: '7', verifiedPrice: '0', minPieceSize: 256, maxPieceSize: 1024 },
    });
    expect(await call('GET', '/public/miners/storage/query/t01001')).toMatchObject({
      status: 502,
      body: { error: { reason: 'ASK_NOT_ANSWERED' } },
    });
    expect((await call('GET', '/public/miners/storage/query/t09999')).status).toBe(404);
  });

  it('tells everybody which network this is, and the admin what the wallet holds', async () => {
    expect(await call('GET', '/public/info')).toMatchObject({
      status: 200,
      body: {
        network: 'scripted-devnet',
        primaryAddress: 't1client',
        head: { height: 100 },
        notice: expect.stringContaining('simulated'),
        filPrice: null,
      },
    });
    expect(await call('GET', '/admin/balance', admin)).toMatchObject({
      status: 200,
      body: {
        account: 't1client',
        balance: '100000000000000000000',
        marketEscrow: '1000000000000000000',
        verifiedClientBalance: null,
      },
    });
  });
});
