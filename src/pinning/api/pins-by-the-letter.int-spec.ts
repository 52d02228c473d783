import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { base36 } from 'multiformats/bases/base36';
import { base58btc } from 'multiformats/bases/base58';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule } from '../../accounts/index.js';
import { testCaller } from '../../accounts/testing/test-callers.js';
import { StorageModule } from '../../storage/index.js';
import { AppConfig } from '../../config/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { PinningHttpModule } from '../index.js';

const V0 = 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n';
const DELEGATE = '/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWJb6Jyx7tWyv7bmTLBEdaDcnV3nkwyW4gzUcQF2yTMgGw';
const FAILURE = { error: { reason: expect.any(String) as unknown, details: expect.any(String) as unknown } };
const aCid = () => CID.decode(new Uint8Array([1, raw.code, 0x12, 32, ...randomBytes(32)])).toString();

interface Item {
  requestid: string;
  error?: { reason: string };
  pin: { cid: string; name?: string };
}

/** The API process alone: what clients may send, and what they hear. */
describe('the Pinning Service API to the letter', () => {
  let database: TestDatabase;
  let folder: string;
  let app: NestFastifyApplication;
  let token = '';

  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'letter-'));
    const config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      TIDEWATER_DATA: path.join(folder, 'data'),
    });
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'api', config }),
        AccountsModule,
        AccountsHttpModule,
        StorageModule.forProcess('api'),
        PinningHttpModule,
      ],
    })
    class ApiProcess {}
    app = await createHttpApp(ApiProcess);
    await app.init();
    token = (await testCaller(app, { username: 'ann' })).token;
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  async function call<T = Item>(
    method: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'PATCH' | 'OPTIONS',
    url: string,
    body?: unknown,
    { headers = {}, key = token }: { headers?: Record<string, string>; key?: string } = {},
  ) {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (answer.body === '' ? undefined : answer.json()) as T,
    };
  }
  const count = async (query: string, key = token) =>
    (await call<{ count: number }>('GET', `/pinning/pins?${query}`, undefined, { key })).body.count;

  it("answers 503 in the specification's shape while no node has ever been up, and stores nothing", async () => {
    expect(await call('POST', '/pinning/pins', { cid: V0 })).toMatchObject({
      status: 503,
      body: FAILURE,
      headers: { 'retry-after': '5' },
    });
    await database.query(`INSERT INTO ipfs_nodes (peer_id, addresses, seen_at) VALUES ('12D3', $1, now())`, [
      JSON.stringify([DELEGATE, DELEGATE]),
    ]);
    expect(await count('name=x')).toBe(0);
    expect(await call('POST', '/pinning/pins', { cid: V0 })).toMatchObject({
      status: 202,
      body: { delegates: [DELEGATE], info: {}, status: 'queued' },
    });
  });

  it('knows a hash by every text that names it, and keeps another codec apart', async () => {
    const key = (await testCaller(app, { username: 'texts' })).token;
    const v1 = CID.parse(V0).toV1();
    const texts = [V0, v1.toString(), v1.toString(base36), v1.toString(base58btc)];
    for (const cid of texts) expect((await call('POST', '/pinning/pins', { cid }, { key })).body.pin.cid).toBe(cid);
    for (const cid of texts) expect(await count(`cid=${cid}`, key)).toBe(4);
    expect(await count(`cid=${texts.join(',')}`, key)).toBe(4);
    expect(await count(`cid=${CID.createV1(raw.code, v1.multihash).toString()}`, key)).toBe(0);
  });

  it('takes ten CIDs, however they come, and not eleven', async () => {
    const ten = Array.from({ length: 10 }, aCid);
    expect((await call('GET', `/pinning/pins?cid=${ten.join(',')}`)).status).toBe(200);
    expect((await call('GET', `/pinning/pins?${ten.map((cid) => `cid=${cid}`).join('&')}`)).status).toBe(200);
    expect(await call('GET', `/pinning/pins?cid=${[...ten, aCid()].join(',')}`)).toMatchObject({
      status: 400,
      body: FAILURE,
    });
  });

  it('takes what clients send beyond the specification, and refuses with 400 what breaks it', async () => {
    const good = [
      { name: '' },
      { name: '\u00e9'.repeat(255) },
      { name: null, origins: null, meta: null },
      { origins: ['not a multiaddr'] },
      { unknown: 1 },
      { meta: { '': '' } },
      { meta: { ['k'.repeat(300)]: 'v' } },
      { meta: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, 'v'])) },
      { origins: Array.from({ length: 20 }, (_, n) => `/ip4/1.2.3.4/tcp/${n}`) },
    ];
    for (const more of good) expect((await call('POST', '/pinning/pins', { cid: V0, ...more })).status).toBe(202);
    const bad = [
      null,
      [],
      [{ cid: V0 }],
      {},
      { cid: null },
      { cid: '' },
      { cid: `/ipfs/${V0}` },
      { cid: `${V0} ` },
      { cid: V0, name: 'x'.repeat(256) },
      { cid: V0, name: 1 },
      { cid: V0, origins: {} },
      { cid: V0, origins: [1] },
      { cid: V0, origins: Array(21).fill('/ip4/1.2.3.4') },
      { cid: V0, meta: [] },
      { cid: V0, meta: { a: {} } },
      { cid: V0, meta: { a: 1 } },
      { cid: V0, meta: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [n, ''])) },
    ];
    for (const body of bad)
      expect(
        await call('POST', '/pinning/pins', JSON.stringify(body), { headers: { 'content-type': 'application/json' } }),
      ).toMatchObject({ status: 400, body: FAILURE });
  });

  it("has one shape for every failure, the framework's among them", async () => {
    const json = { headers: { 'content-type': 'application/json' } };
    const cases: [number, Promise<{ status: number; body: unknown }>][] = [
      [400, call('POST', '/pinning/pins', '{x', json)],
      [400, call('POST', '/pinning/pins', '', json)],
      [413, call('POST', '/pinning/pins', { cid: V0, name: 'x'.repeat(3e6) })],
      [
        415,
        call('POST', '/pinning/pins', `cid=${V0}`, {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      ],
      [405, call('PUT', '/pinning/pins', {})],
      [405, call('PATCH', '/pinning/pins/x', {})],
      [405, call('DELETE', '/pinning/pins')],
      [404, call('GET', '/pinning/pins/x/y')],
      [404, call('GET', '/pinning')],
      [400, call('GET', '/pinning/pins/%E0%A4%A')],
      [404, call('GET', '/pinning/pins/not-a-uuid')],
      [414, call('GET', `/pinning/pins/${'x'.repeat(2000)}`)],
      [401, call('GET', '/pinning/pins', undefined, { key: 'no-such' })],
      [401, call('GET', '/pinning/pins', undefined, { headers: { authorization: `Token ${token}` } })],
      [401, call('GET', `/pinning/pins?access_token=${token}`, undefined, { headers: { authorization: '' } })],
      [401, call('GET', '/pinning/pins', undefined, { headers: { authorization: '', cookie: `token=${token}` } })],
    ];
    for (const [status, answer] of cases) {
      const { status: got, body } = await answer;
      expect([got, body]).toEqual([status, FAILURE]);
    }
    for (const scheme of ['bearer', 'BEARER'])
      expect(
        (await call('GET', '/pinning/pins', undefined, { headers: { authorization: `${scheme} ${token}` } })).status,
      ).toBe(200);
  });

  it('lets pages of other origins ask, and read the rate', async () => {
    const origin = 'https://webui.ipfs.io';
    const preflight = await call('OPTIONS', '/pinning/pins', undefined, {
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-allow-methods': expect.stringContaining('DELETE') as unknown,
      },
    });
    for (const key of [token, 'no-such']) {
      const { headers } = await call('GET', '/pinning/pins', undefined, { headers: { origin }, key });
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': expect.stringContaining('X-RateLimit-Reset') as unknown,
      });
    }
  });

  it('replaces once: the second of two at once, and whoever comes later, finds nothing', async () => {
    const { body: old } = await call('POST', '/pinning/pins', { cid: V0 });
    const both = await Promise.all([
      call('POST', `/pinning/pins/${old.requestid}`, { cid: V0 }),
      call('POST', `/pinning/pins/${old.requestid}`, { cid: aCid() }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 404]);
    const fresh = both.find(({ status }) => status === 202)!.body;
    expect(fresh.requestid).not.toBe(old.requestid);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await call(method, `/pinning/pins/${old.requestid}`)).status).toBe(404);
    expect((await call('POST', `/pinning/pins/${old.requestid}`, { cid: V0 })).status).toBe(404);
    const race = await Promise.all([
      call('DELETE', `/pinning/pins/${fresh.requestid}`),
      call('POST', `/pinning/pins/${fresh.requestid}`, { cid: V0 }),
      call('DELETE', `/pinning/pins/${fresh.requestid}`),
    ]);
    expect(race.map(({ status }) => status).sort()).toEqual([202, 404, 404]);
  });

  it("accepts no more pins than the account may have: 409 by the specification's word, per item where there are many", async () => {
    const { token: key, userId } = await testCaller(app, { username: 'poor' });
    await database.query('INSERT INTO account_limits (user_id, pins_quota) VALUES ($1, 3)', [userId]);
    const full = {
      status: 409,
      body: { error: { reason: 'INSUFFICIENT_FUNDS', details: expect.any(String) as unknown } },
    };
    const together = await Promise.all(
      Array.from({ length: 6 }, () => call('POST', '/pinning/pins', { cid: aCid() }, { key })),
    );
    expect(together.map(({ status }) => status).sort()).toEqual([202, 202, 202, 409, 409, 409]);
    expect(await call('POST', '/pinning/pins', { cid: V0 }, { key })).toMatchObject(full);
    expect(await call('POST', '/content/add-ipfs', { cid: V0 }, { key })).toMatchObject(full);
    const { requestid } = together.find(({ status }) => status === 202)!.body;
    expect((await call('POST', `/pinning/pins/${requestid}`, { cid: V0 }, { key })).status).toBe(202);
    await database.query('UPDATE account_limits SET pins_quota = 5 WHERE user_id = $1', [userId]);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const many = await call<Item[]>(
      'POST',
      '/v2/pinning/batched-pins',
      [{ cid: aCid() }, { cid: 'nonsense' }, { cid: aCid() }, { cid: aCid() }],
      { key },
    );
    expect([many.status, many.body.map((item) => item.error?.reason ?? 'accepted')]).toEqual([
      202,
      ['accepted', 'ERR_INVALID_INPUT', 'accepted', 'INSUFFICIENT_FUNDS'],
    ]);
    expect(await count('status=queued', key)).toBe(5);
  });

  it('accepts none from an account that may store nothing more', async () => {
    const { token: key, userId } = await testCaller(app, { username: 'broke' });
    await database.query('INSERT INTO account_limits (user_id, bytes_quota) VALUES ($1, 0)', [userId]);
    expect(await call('POST', '/pinning/pins', { cid: V0 }, { key })).toMatchObject({
      status: 409,
      body: { error: { reason: 'INSUFFICIENT_FUNDS' } },
    });
    const many = await call<Item[]>('POST', '/v2/pinning/batched-pins', [{ cid: V0 }, { cid: 'x' }], { key });
    expect([many.status, many.body.map((item) => item.error?.reason)]).toEqual([
      202,
      ['INSUFFICIENT_FUNDS', 'ERR_INVALID_INPUT'],
    ]);
  });
});
