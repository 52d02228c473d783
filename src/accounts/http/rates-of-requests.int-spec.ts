import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig } from '../../config/index.js';
import { createHttpApp, Public } from '../../platform/http/index.js';
import { HealthHttpModule } from '../../platform/health/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { until } from '../../../test/support/until.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule } from '../index.js';
import { hashToken, newToken } from '../domain/api-key.js';
import { AccountStore, type User } from '../ports/account-store.port.js';

jest.setTimeout(30_000);

@Controller()
class SampleController {
  @Get('mine')
  mine(): object {
    return {};
  }

  @Get('open')
  @Public()
  open(): object {
    return {};
  }

  @Post('pinning/pins')
  pin(): object {
    return {};
  }
}

/** So slow that nothing comes back while a test runs: 30 requests each, and that is it. */
const SETTINGS = {
  LOG_LEVEL: 'silent',
  KEY_REQUESTS_PER_SECOND: '1',
  ACCOUNT_REQUESTS_PER_SECOND: '2',
  ADDRESS_REQUESTS_PER_SECOND: '1',
  TRUSTED_PROXIES: '192.0.2.0/24',
};
/** What comes in while a test runs: a request a second. */
const SLACK = 25;

describe('rates of requests', () => {
  let database: TestDatabase;
  /** Two processes of one platform. */
  const apps: NestFastifyApplication[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    for (let n = 0; n < 2; n++) {
      const config = AppConfig.parse({ ...SETTINGS, DATABASE_URL: database.url });
      @Module({
        imports: [
          PlatformModule.forRoot({ process: 'api', config }),
          AccountsModule,
          AccountsHttpModule,
          HealthHttpModule,
        ],
        controllers: [SampleController],
      })
      class TestApp {}
      const app = await createHttpApp(TestApp);
      await app.init();
      apps.push(app);
    }
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await database.drop();
  });

  const store = (): AccountStore => apps[0]!.get(AccountStore);
  async function keyOf(user: User): Promise<string> {
    const token = newToken();
    await store().addKey({ userId: user.id, tokenHash: hashToken(token), label: '', scope: 'user', expiresAt: null });
    return token;
  }

  interface Request {
    url?: string;
    method?: 'GET' | 'POST';
    key?: string;
    from?: string;
    forwarded?: string;
  }
  async function ask(n: number, { url = '/mine', method = 'GET', key, from = '203.0.113.1', forwarded }: Request) {
    const answer = await apps[n % 2]!.inject({
      method,
      url,
      remoteAddress: from,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
      },
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.body === '' ? null : answer.json<object>(),
    };
  }
  /** Of so many requests, one after the other through both processes, those that were let through. */
  async function passed(count: number, request: (n: number) => Request): Promise<number> {
    let through = 0;
    for (let n = 0; n < count; n++) if ((await ask(n, request(n))).status !== 429) through += 1;
    return through;
  }
  /** The answer when the rate is used up: a request or two may have come in meanwhile. */
  async function over(n: number, request: Request): Promise<Awaited<ReturnType<typeof ask>>> {
    return until(async () => {
      const answer = await ask(n, request);
      return answer.status === 429 && answer;
    });
  }
  function expectAbout(through: number, budget: number): void {
    // Each process may hold one request that it has leased and not used.
    expect(through).toBeGreaterThanOrEqual(budget - 1);
    expect(through).toBeLessThanOrEqual(budget + SLACK);
  }

  it('are those of a key, whichever process it asks; who is over it is told when to come back', async () => {
    const ann = await store().addUser('ann', 'user');
    const key = await keyOf(ann);
    expectAbout(await passed(90, () => ({ key })), 30);
    const refused = await over(0, { key });
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
      body: { error: { code: 429, reason: 'ERR_TOO_MANY_REQUESTS', details: 'this key may send 1 requests a second' } },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const pinning = await over(1, { url: '/pinning/pins', method: 'POST', key });
    expect(pinning.body).toEqual({ error: { reason: 'ERR_TOO_MANY_REQUESTS', details: expect.any(String) } });
  });

  it('are those of an account: more keys are no more requests, and other accounts go on', async () => {
    const bob = await store().addUser('bob', 'user');
    const keys = await Promise.all(Array.from({ length: 6 }, () => keyOf(bob)));
    const through = await passed(180, (n) => ({ key: keys[n % 6] as string, from: '203.0.113.9' }));
    expect(through).toBeGreaterThanOrEqual(58);
    expect(through).toBeLessThanOrEqual(60 + 2 * SLACK);
    const carol = await keyOf(await store().addUser('carol', 'user'));
    expect((await ask(0, { key: carol, from: '203.0.113.10' })).status).toBe(200);
  });

  it('are those of an address for who shows no key, on public routes and on paths that do not exist', async () => {
    const urls = ['/open', '/nowhere', '/mine', '/metrics'];
    expectAbout(await passed(90, (n) => ({ url: urls[n % 4] as string, from: '203.0.113.20' })), 30);
    expect((await ask(0, { url: '/open', from: '203.0.113.21' })).status).toBe(200);
  });

  it('take an IPv6 network for one address', async () => {
    expectAbout(await passed(90, (n) => ({ url: '/open', from: `2001:db8:0:7::${(n + 1).toString(16)}` })), 30);
    expect((await ask(0, { url: '/open', from: '2001:db8:0:8::1' })).status).toBe(200);
  });

  it('are dear for who tries keys, and a good key still works from that address', async () => {
    const dave = await keyOf(await store().addUser('dave', 'user'));
    const from = '203.0.113.30';
    expect((await ask(0, { key: dave, from })).status).toBe(200);
    expect((await ask(1, { key: dave, from })).status).toBe(200);
    expect(await passed(40, () => ({ key: newToken(), from }))).toBeLessThan(10);
    await over(0, { url: '/open', from });
    expect((await ask(0, { key: dave, from })).status).toBe(200);
    expect((await ask(1, { key: dave, from })).status).toBe(200);
  });

  it('believe a proxy that the operator trusts, and nobody else, who is asking', async () => {
    const trusted = (n: number): Request => ({ url: '/open', from: '192.0.2.7', forwarded: `198.51.100.${n % 200}` });
    expect(await passed(60, trusted)).toBe(60);
    const liar = (n: number): Request => ({ url: '/open', from: '203.0.113.40', forwarded: `198.51.100.${n % 200}` });
    expectAbout(await passed(90, liar), 30);
  });

  it('leave who watches the platform a rate of its own', async () => {
    const from = '203.0.113.50';
    await passed(60, () => ({ url: '/open', from }));
    await over(0, { url: '/open', from });
    expect((await ask(0, { url: '/health', from })).status).toBe(200);
    expectAbout(1 + (await passed(90, () => ({ url: '/health', from }))), 30);
  });

  it('count nothing where there is no limit', async () => {
    const config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      KEY_REQUESTS_PER_SECOND: '0',
      ACCOUNT_REQUESTS_PER_SECOND: '0',
      ADDRESS_REQUESTS_PER_SECOND: '0',
    });
    @Module({
      imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule],
      controllers: [SampleController],
    })
    class TestApp {}
    const app = await createHttpApp(TestApp);
    await app.init();
    const before = await database.query('SELECT count(*) FROM rate_budgets');
    for (let n = 0; n < 50; n++)
      expect((await app.inject({ url: '/open', remoteAddress: '203.0.113.60' })).statusCode).toBe(200);
    expect(await database.query('SELECT count(*) FROM rate_budgets')).toEqual(before);
    await app.close();
  });
});

describe('the inside of the platform', () => {
  const TOKEN = 'a-token-of-the-operator';
  let database: TestDatabase;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent', METRICS_TOKEN: TOKEN });
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'api', config }),
        AccountsModule,
        AccountsHttpModule,
        HealthHttpModule,
      ],
    })
    class TestApp {}
    app = await createHttpApp(TestApp);
    await app.init();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('is shown to this machine, and to who has the token', async () => {
    for (const [remoteAddress, headers] of [
      ['127.0.0.1', {}],
      ['203.0.113.1', { authorization: `Bearer ${TOKEN}` }],
    ] as const) {
      expect((await app.inject({ url: '/metrics', remoteAddress, headers })).body).toContain(
        'process_cpu_seconds_total',
      );
      expect((await app.inject({ url: '/ready', remoteAddress, headers })).json()).toMatchObject({
        ready: false,
        down: [{ name: 'worker' }],
        checks: { database: 'ok' },
      });
    }
  });

  it.each([
    ['another machine', '203.0.113.1', {}],
    ['a wrong token', '203.0.113.1', { authorization: 'Bearer a-token-of-the-operatoR' }],
    ['a proxy on this machine', '127.0.0.1', { 'x-forwarded-for': '203.0.113.1' }],
  ])('is not shown to %s, which learns whether it is ready and no more', async (_who, remoteAddress, headers) => {
    expect(
      await app
        .inject({ url: '/metrics', remoteAddress, headers })
        .then((answer): unknown[] => [answer.statusCode, answer.json()]),
    ).toEqual([403, { error: { code: 403, reason: 'ERR_NOT_AUTHORIZED', details: expect.any(String) } }]);
    const ready = await app.inject({ url: '/ready', remoteAddress, headers });
    expect([ready.statusCode, ready.json()]).toEqual([503, { ready: false }]);
    expect((await app.inject({ url: '/health', remoteAddress, headers })).statusCode).toBe(200);
  });
});
