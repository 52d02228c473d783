import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule } from '../../accounts/index.js';
import { testCaller } from '../../accounts/testing/test-callers.js';
import { StorageModule, HotBlocks } from '../../storage/index.js';
import { HeliaModule } from '../../adapters/helia/index.js';
import { HeliaNode } from '../../adapters/helia/helia-node.js';
import { AppConfig } from '../../config/index.js';
import { NetworkJobsModule } from '../../network/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { PinningHttpModule, PinningJobsModule } from '../index.js';
import { BlockMap } from '../../network/testing/block-map.js';

interface View {
  requestid: string;
  status: string;
  created: string;
  pin: { cid: string; name?: string; meta: Record<string, string> };
  delegates: string[];
  info: Record<string, string>;
}
interface Page {
  count: number;
  results: View[];
}

const V0 = 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n';
const MIB = 1024 ** 2;

/** Both processes' modules on one database and one data folder, and a foreign node that has what we want. */
describe('the Pinning Service API, with a real worker and a real peer', () => {
  let database: TestDatabase;
  let folder: string;
  let app: NestFastifyApplication;
  let worker: INestApplicationContext;
  let theirs: HeliaNode;
  const remote = new BlockMap();
  let alice = '';
  let bob = '';

  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'pins-'));
    const config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      // The peer that has what is pinned lives on loopback, on a port that is not known yet.
      LIBP2P_DIAL_PRIVATE: '127.0.0.1',
      TIDEWATER_DATA: path.join(folder, 'data'),
      PIN_IDLE_TIMEOUT_SECONDS: '600',
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
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'worker', config }),
        StorageModule.forProcess('worker'),
        HeliaModule,
        NetworkJobsModule,
        PinningJobsModule,
      ],
    })
    class WorkerProcess {}
    worker = await NestFactory.createApplicationContext(WorkerProcess, { logger: false, abortOnError: false });
    app = await createHttpApp(ApiProcess);
    await app.init();
    alice = await keyOf('alice');
    bob = await keyOf('bob');
    theirs = new HeliaNode({
      folder: path.join(folder, 'theirs'),
      blocks: remote,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      announce: [],
      policy: AddressPolicy.PRIVATE_TOO,
    });
    await theirs.start();
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await worker?.close();
    await theirs?.stop();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  const keyOf = async (username: string) => (await testCaller(app, { username })).token;
  async function call<T>(
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: object,
    token = alice,
  ): Promise<{ status: number; body: T; text: string }> {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { payload: body } : {}),
    });
    return {
      status: answer.statusCode,
      text: answer.body,
      body: (answer.body === '' ? undefined : answer.json()) as T,
    };
  }
  const add = async (cid: CID | string, more: object = {}) =>
    (await call<View>('POST', '/pinning/pins', { cid: String(cid), ...more })).body;
  const statusOf = async (pin: View) => (await call<View>('GET', `/pinning/pins/${pin.requestid}`)).body.status;
  async function reached(pin: View, status: string): Promise<View> {
    for (const end = Date.now() + 20_000; ;) {
      const { body } = await call<View>('GET', `/pinning/pins/${pin.requestid}`);
      if (body.status === status) return body;
      if (Date.now() > end || body.status === 'failed')
        throw new Error(`stayed ${body.status}: ${JSON.stringify(body.info)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const unknown = async () => CID.createV1(raw.code, await sha256.digest(randomBytes(8)));

  it('pins from an origin, small and large, and the blocks are here', async () => {
    const small = await remote.import([
      { path: 'a/x.txt', content: randomBytes(10) },
      { path: 'a/y.txt', content: randomBytes(10) },
    ]);
    const large = await remote.import([{ content: randomBytes(20 * MIB) }]);
    for (const root of [small, large]) {
      const pin = await add(root, { name: 'wanted', origins: theirs.addresses(), meta: { app: 'test' } });
      expect(pin).toMatchObject({ pin: { cid: root.toString(), name: 'wanted', meta: { app: 'test' } } });
      expect(['queued', 'pinning', 'pinned']).toContain(pin.status);
      const done = await reached(pin, 'pinned');
      expect(done.delegates.length).toBeGreaterThan(0);
      for (const address of done.delegates) expect(address).toMatch(/\/p2p\/12D3/);
      expect(done.info.content).toMatch(/^\d+$/);
      expect(await worker.get(HotBlocks, { strict: false }).has(root)).toBe(true);
    }
    const contents = await database.query<{ profile: string; type: string }>(
      'SELECT profile, type FROM contents ORDER BY id',
    );
    expect(contents).toEqual([
      { profile: 'pin', type: 'directory' },
      { profile: 'pin', type: 'file' },
    ]);
  }, 60_000);

  it('pins what is here at once, and unpins with its bytes', async () => {
    const root = await remote.import([{ content: randomBytes(5 * MIB) }]);
    const first = await reached(await add(root, { origins: theirs.addresses() }), 'pinned');
    const second = await add(root);
    expect(second.status).toBe('pinned');
    for (const [pin, still] of [
      [first, true],
      [second, false],
    ] as const) {
      expect(await call('DELETE', `/pinning/pins/${pin.requestid}`)).toMatchObject({ status: 202, text: '' });
      expect(await call('GET', `/pinning/pins/${pin.requestid}`)).toMatchObject({ status: 404 });
      expect(await worker.get(HotBlocks, { strict: false }).has(root)).toBe(still);
    }
  }, 60_000);

  it("answers failures in the specification's shape", async () => {
    const missing = '/pinning/pins/00000000-0000-4000-8000-000000000000';
    const answers = await Promise.all([
      call('GET', missing),
      call('GET', '/pinning/pins/not-a-uuid'),
      call('DELETE', missing),
      call('POST', '/pinning/pins/not-a-uuid', { cid: V0 }),
      call('POST', '/pinning/pins', { cid: 'x' }),
      call('GET', '/pinning/pins?status=offloaded'),
      call('GET', '/pinning/pins', undefined, 'bad'),
      call('GET', '/pinning/nowhere'),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 400, 400, 401, 404]);
    for (const { body } of answers)
      expect(body).toEqual({ error: { reason: expect.stringMatching(/^ERR_/), details: expect.any(String) } });
  });

  it('keeps accounts apart', async () => {
    const pin = await add(await unknown());
    for (const [method, body] of [
      ['GET', undefined],
      ['POST', { cid: V0 }],
      ['DELETE', undefined],
    ] as const) {
      expect((await call(method, `/pinning/pins/${pin.requestid}`, body, bob)).status).toBe(404);
    }
    expect(
      (await call<Page>('GET', '/pinning/pins?status=queued,pinning,pinned,failed', undefined, bob)).body.count,
    ).toBe(0);
    expect((await call('DELETE', `/pinning/pins/${pin.requestid}`)).status).toBe(202);
  });

  it('lists with every filter, v0 and v1 of one hash alike', async () => {
    const token = await keyOf('carol');
    const list = async (query: string) => (await call<Page>('GET', `/pinning/pins?${query}`, undefined, token)).body;
    const made: View[] = [];
    for (let n = 0; n < 12; n++)
      made.push(
        (
          await call<View>(
            'POST',
            '/pinning/pins',
            { cid: n === 0 ? V0 : String(await unknown()), name: `Pin ${n}`, meta: { n: String(n % 2) } },
            token,
          )
        ).body,
      );
    expect(await list('')).toEqual({ count: 0, results: [] });
    const first = await list('status=queued,pinning,failed');
    expect([first.count, first.results.length, first.results[0]?.requestid]).toEqual([12, 10, made[11]?.requestid]);
    const rest = await list(`status=queued,pinning&before=${encodeURIComponent(first.results[9]!.created)}`);
    expect([rest.count, rest.results.map((pin) => pin.pin.name)]).toEqual([2, ['Pin 1', 'Pin 0']]);
    expect((await list(`cid=${CID.parse(V0).toV1().toString()}`)).results.map((pin) => pin.pin.cid)).toEqual([V0]);
    expect((await list('name=pin%201&match=ipartial')).count).toBe(3);
    expect((await list(`status=queued,pinning&meta=${encodeURIComponent('{"n":"1"}')}`)).count).toBe(6);
    expect((await list(`requestid=${made[3]!.requestid},${made[4]!.requestid}`)).count).toBe(2);
    expect(new Set(made.map((pin) => pin.created)).size).toBe(12);
    for (const pin of made) await call('DELETE', `/pinning/pins/${pin.requestid}`, undefined, token);
  });

  it('replaces a pin, and lets the old content go when the new one is there', async () => {
    const [one, two] = [
      await remote.import([{ content: randomBytes(3 * MIB) }]),
      await remote.import([{ content: randomBytes(3 * MIB) }]),
    ];
    const old = await reached(await add(one, { origins: theirs.addresses() }), 'pinned');
    const { status, body: fresh } = await call<View>('POST', `/pinning/pins/${old.requestid}`, {
      cid: two.toString(),
      origins: theirs.addresses(),
    });
    expect([status, fresh.requestid === old.requestid]).toEqual([202, false]);
    expect((await call('GET', `/pinning/pins/${old.requestid}`)).status).toBe(404);
    await reached(fresh, 'pinned');
    for (
      const end = Date.now() + 10_000;
      await worker.get(HotBlocks, { strict: false }).has(one);
      await new Promise((resolve) => setTimeout(resolve, 100))
    ) {
      if (Date.now() > end) throw new Error('the old content stayed');
    }
    expect(await worker.get(HotBlocks, { strict: false }).has(two)).toBe(true);
  }, 60_000);

  it('serves a client that polls, and cuts a fetch off on delete', async () => {
    const pin = await add(await unknown(), { origins: theirs.addresses() });
    for (const end = Date.now() + 10_000; (await statusOf(pin)) !== 'pinning';)
      if (Date.now() > end) throw new Error('nobody took it');
    expect((await call('DELETE', `/pinning/pins/${pin.requestid}`)).status).toBe(202);
    expect(await database.query('SELECT * FROM pins WHERE request_id = $1', [pin.requestid])).toEqual([]);
  }, 30_000);

  it('answers nothing with 5xx, whatever a listing is asked for', async () => {
    const parts = [
      'cid',
      'name',
      'match',
      'status',
      'before',
      'after',
      'limit',
      'meta',
      'requestid',
      'name[]',
      '__proto__',
      'x',
    ];
    const values = [
      '',
      ',',
      '%00',
      '%ff',
      '%',
      '-1',
      '1e999',
      'map%5Ba:b%5D',
      '%7B%22a%22:1%7D',
      '%7B%22a%22:%22%5Cu0000%22%7D',
      '%5B%5D',
      '2026-02-31T00:00:00Z',
      '9999-12-31T23:59:59.999999999Z',
      '0000-01-01T00:00:00Z',
      "';--",
      '%F0%9F%8C%8A',
      'bafy',
      'pinned,',
      '%25',
      V0,
    ];
    for (const part of parts) {
      for (const value of values) {
        const answer = await call('GET', `/pinning/pins?${part}=${value}&status=queued,pinned`);
        expect([200, 400]).toContain(answer.status);
        if (answer.status === 400)
          expect(answer.body).toEqual({
            error: { reason: expect.stringMatching(/^ERR_/), details: expect.any(String) },
          });
      }
    }
    expect((await call('GET', '/pinning/pins?meta=map%5Ba:b%5D')).status).toBe(400);
  });

  it('says how much of the rate is left, and until when', async () => {
    const answer = await app.inject({
      method: 'GET',
      url: '/pinning/pins',
      headers: { authorization: `Bearer ${alice}` },
    });
    expect(Number(answer.headers['x-ratelimit-remaining'])).toBeLessThan(Number(answer.headers['x-ratelimit-limit']));
    expect(Math.abs(Number(answer.headers['x-ratelimit-reset']) - Date.now() / 1000)).toBeLessThan(31);
  });

  it('pins many at once, each with an answer of its own', async () => {
    const token = await keyOf('dave');
    const roots = [await remote.import([{ content: randomBytes(10) }]), await unknown()];
    const asked = [
      ...roots.map((root) => ({ cid: root.toString(), origins: theirs.addresses() })),
      { cid: 'nonsense' },
      null,
      { cid: V0, name: 'last' },
      { cid: V0, name: '\0' },
    ];
    const { status, body } = await call<(View & { error?: { reason: string } })[]>(
      'POST',
      '/v2/pinning/batched-pins',
      asked,
      token,
    );
    expect(status).toBe(202);
    expect(body.map((item) => item.pin?.cid ?? item.error?.reason)).toEqual([
      ...roots.map(String),
      'ERR_INVALID_INPUT',
      'ERR_INVALID_INPUT',
      V0,
      'ERR_INVALID_INPUT',
    ]);
    await call('POST', '/v2/pinning/batched-pins', [], token).then((answer) => expect(answer.status).toBe(400));
    await call('POST', '/v2/pinning/batched-pins', { cid: V0 }, token).then((answer) =>
      expect(answer.status).toBe(400),
    );
    let done: View | undefined;
    for (
      const end = Date.now() + 20_000;
      done?.status !== 'pinned' && Date.now() < end;
      await new Promise((resolve) => setTimeout(resolve, 50))
    ) {
      done = (await call<View[]>('GET', `/v2/pinning/batched-pins?requestid=${body[0]!.requestid}`, undefined, token))
        .body[0];
    }
    const found = await call<(View & { error?: { reason: string } })[]>(
      'GET',
      '/v2/pinning/batched-pins',
      [{ content_id: Number(done!.info.content) }, { requestid: body[4]!.requestid }, { content_id: 'x' }],
      token,
    );
    expect(found.body.map((item) => item.requestid ?? item.error?.reason)).toEqual([
      body[0]!.requestid,
      body[4]!.requestid,
      'ERR_RECORD_NOT_FOUND',
    ]);
    expect(
      (
        await call<{ error?: object }[]>(
          'GET',
          `/v2/pinning/batched-pins?requestid=${body[0]!.requestid}`,
          undefined,
          bob,
        )
      ).body[0],
    ).toHaveProperty('error');
  }, 30_000);

  it('takes 10,000 CIDs in one call, and no more', async () => {
    const token = await keyOf('erin');
    const many = await Promise.all(
      Array.from({ length: 10_001 }, async () => ({
        cid: String(await unknown()),
        name: 'one of many',
        meta: { app: 'test' },
      })),
    );
    expect((await call('POST', '/v2/pinning/batched-pins', many, token)).status).toBe(400);
    const began = Date.now();
    const { status, body } = await call<View[]>('POST', '/v2/pinning/batched-pins', many.slice(1), token);
    expect([status, body.length, new Set(body.map((pin) => pin.created)).size]).toEqual([202, 10_000, 10_000]);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect((await call<Page>('GET', '/pinning/pins?status=queued,pinning', undefined, token)).body.count).toBe(10_000);
    await database.query('DELETE FROM pins WHERE user_id = (SELECT user_id FROM pins WHERE request_id = $1)', [
      body[0]!.requestid,
    ]);
  }, 60_000);

  it("has Estuary's door to the same room", async () => {
    const { status, body } = await call<View>('POST', '/content/add-ipfs', { cid: V0, name: 'x' });
    expect([status, body.pin.cid]).toEqual([202, V0]);
    expect(
      await call('POST', '/content/add-ipfs?ignore-dupes=true', { cid: CID.parse(V0).toV1().toString() }),
    ).toMatchObject({ status: 409, body: { error: { code: 409, reason: 'ERR_CONTENT_EXISTS' } } });
    expect((await call('DELETE', `/pinning/pins/${body.requestid}`)).status).toBe(202);
  });
});
