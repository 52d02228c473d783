import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { testDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { until as untilWithin } from '../../test/support/until.js';
import { AccountsHttpModule, AccountsModule, ApiKeyRegistry, UserRegistry } from '../accounts/index.js';
import { AppConfig } from '../config/index.js';
import { ContentHttpModule, ContentModule } from '../content/index.js';
import { createHttpApp } from '../platform/http/index.js';
import { OutboxJobsModule } from '../platform/outbox/index.js';
import { PlatformModule } from '../platform/platform.module.js';
import { StorageModule } from '../storage/index.js';
import { EventsHttpModule, EventsJobsModule } from './index.js';
import { PostgresWebhookStore } from './store/postgres-webhook.store.js';
import { SseReader } from './testing/sse-reader.js';

interface Told {
  id: string;
  type: string;
  at: string;
  data: Record<string, unknown>;
}
interface Received {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}
interface DeliveryLine {
  id: number;
  state: string;
  attempts: number;
  status: number | null;
  error: string | null;
}

const until = (what: () => Promise<boolean> | boolean) => untilWithin(what, { timeoutMs: 30_000, intervalMs: 50 });

/** API and worker with their own modules, outbox, queue and CAR files; receivers are real servers on this machine. */
describe('events of an account', () => {
  let database: TestDatabase;
  let folder: string;
  let app: NestFastifyApplication;
  let worker: INestApplicationContext;
  let receiver: Server;
  let origin: string;
  let api: string;
  const received: Received[] = [];
  /** What the receiver does with a path; 200 unless told. A promise that stays open is a receiver that hangs. */
  const answers = new Map<string, () => Promise<number> | number>();
  const keys: Record<'alice' | 'bob', { token: string; id: string; userId: string }> = {} as never;
  const readers: SseReader[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'tidewater-events-'));
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (data) => (body += String(data)));
      request.on('end', () => {
        received.push({ path: request.url ?? '', headers: request.headers, body });
        void Promise.resolve(answers.get(request.url ?? '')?.() ?? 200).then((status) =>
          response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('ok'),
        );
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      TIDEWATER_DATA: folder,
      EVENT_STREAMS_PER_ACCOUNT: '3',
      WEBHOOKS_DIAL_PRIVATE: `127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      WEBHOOK_TIMEOUT_SECONDS: '4',
      WEBHOOK_RETRY_SECONDS: '0.1,0.1,3600',
    });
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'api', config }),
        AccountsModule,
        AccountsHttpModule,
        StorageModule.forProcess('api'),
        ContentModule,
        ContentHttpModule,
        EventsHttpModule,
      ],
    })
    class ApiProcess {}
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'worker', config }),
        StorageModule.forProcess('worker'),
        OutboxJobsModule,
        EventsJobsModule,
      ],
    })
    class WorkerProcess {}
    app = await createHttpApp(ApiProcess);
    await app.listen(0, '127.0.0.1');
    api = await app.getUrl();
    for (const name of ['alice', 'bob'] as const) {
      const user = await app.get(UserRegistry, { strict: false }).create({ username: name, role: 'user' });
      const made = await newKey(user.id);
      keys[name] = { ...made, userId: user.id };
    }
    worker = await NestFactory.createApplicationContext(WorkerProcess, { logger: false, abortOnError: false });
  }, 60_000);

  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
  });

  afterAll(async () => {
    receiver?.closeAllConnections();
    receiver?.close();
    await worker?.close();
    await app?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  async function newKey(userId: string): Promise<{ token: string; id: string }> {
    const { token, key } = await app
      .get(ApiKeyRegistry, { strict: false })
      .create({ userId: userId as never, scope: 'user', label: '', expiry: 'false' });
    return { token, id: key.id };
  }
  async function call<T>(who: keyof typeof keys, method: string, url: string, payload?: object | string) {
    const raw = typeof payload === 'string';
    const answer = await fetch(api + url, {
      method,
      headers: {
        authorization: `Bearer ${keys[who].token}`,
        ...(payload === undefined ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
      },
      ...(payload === undefined ? {} : { body: raw ? payload : JSON.stringify(payload) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as T };
  }
  const upload = async (who: keyof typeof keys, text: string) =>
    (await call<{ cid: string; estuaryId: number }>(who, 'PUT', '/content/add', text)).body;
  async function read(who: keyof typeof keys, query = '', headers: Record<string, string> = {}, token?: string) {
    const reader = new SseReader(`${api}/events${query}`, {
      authorization: `Bearer ${token ?? keys[who].token}`,
      ...headers,
    });
    readers.push(reader);
    await reader.opened;
    return reader;
  }
  const told = (reader: SseReader) => reader.events.map(({ data }) => JSON.parse(data) as Told);
  const listed = async (who: keyof typeof keys) => (await call<Told[]>(who, 'GET', '/user/events')).body;
  const webhook = async (at: string, types: string[] = ['stored']) =>
    (await call<{ id: string; secret: string }>('alice', 'POST', '/user/webhooks', { url: origin + at, types })).body;
  const deliveries = async (id: string) =>
    (await call<DeliveryLine[]>('alice', 'GET', `/user/webhooks/${id}/deliveries`)).body;
  const sentTo = (at: string) => received.filter((one) => one.path === at);

  it('are streamed as they happen, to their owner alone', async () => {
    const [alice, bob] = [await read('alice'), await read('bob')];
    const { cid, estuaryId } = await upload('alice', 'for the stream');
    await upload('bob', 'for the other stream');
    await until(() => alice.events.length > 0 && bob.events.length > 0);
    expect(told(alice)).toEqual([
      {
        id: alice.events[0]?.id,
        type: 'stored',
        at: expect.stringMatching(/Z$/),
        data: { contentId: String(estuaryId), cid, size: 14 },
      },
    ]);
    expect(alice.events[0]?.event).toBe('stored');
    expect(told(bob).map(({ data }) => data['size'])).toEqual([20]);
  }, 60_000);

  it('are resumed behind the last id, by header or query, and none comes twice', async () => {
    for (const text of ['one', 'two', 'three']) await upload('alice', `resumed ${text}`);
    await until(async () => (await listed('alice')).length >= 4);
    const all = (await listed('alice')).map(({ id }) => id).reverse();
    const after = await read('alice', '?after=0');
    await until(() => after.events.length >= all.length);
    expect(after.events.map(({ id }) => id)).toEqual(all);
    const resumed = await read('alice', '?after=0', { 'last-event-id': all[1] as string });
    await until(() => resumed.events.length >= all.length - 2);
    expect(resumed.events.map(({ id }) => id)).toEqual(all.slice(2));
    const others = await read('alice', '?after=0&types=pinned');
    await upload('alice', 'of another type');
    await until(() => after.events.length > all.length);
    expect(others.events).toEqual([]);
  }, 60_000);

  it('are refused to who asks wrongly, and to the fourth stream of an account', async () => {
    for (const query of ['?after=x', '?types=nonsense', '?afer=1'])
      expect([query, (await call('alice', 'GET', `/events${query}`)).status]).toEqual([query, 400]);
    for (let n = 0; n < 3; n++) await read('alice');
    expect(await call('alice', 'GET', '/events')).toMatchObject({
      status: 429,
      body: { error: { reason: 'ERR_TOO_MANY_STREAMS' } },
    });
    await read('bob');
    readers[0]?.close();
    await until(async () => {
      const fourth = new SseReader(`${api}/events`, { authorization: `Bearer ${keys.alice.token}` });
      readers.push(fourth);
      return fourth.opened.then(
        () => true,
        () => false,
      );
    });
  }, 60_000);

  it('end with the key that reads them', async () => {
    const { token, id } = await newKey(keys.alice.userId);
    const [ending, going] = [await read('alice', '', {}, token), await read('alice')];
    await call('alice', 'DELETE', `/user/api-keys/${id}`);
    await until(() => ending.ended);
    expect(going.ended).toBe(false);
  }, 60_000);

  it('are sent to a webhook, signed by a secret that is shown once', async () => {
    const { id, secret } = await webhook('/good');
    const { estuaryId } = await upload('alice', 'for a webhook');
    await until(() => sentTo('/good').length > 0);
    const { headers, body } = sentTo('/good')[0] as Received;
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['tidewater-signature'])) ?? [];
    expect(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')).toBe(signature);
    expect(JSON.parse(body)).toMatchObject({ type: 'stored', data: { contentId: String(estuaryId) } });
    expect(headers['tidewater-event-id']).toBe((JSON.parse(body) as Told).id);
    await until(async () => (await deliveries(id))[0]?.state === 'delivered');
    const { body: all } = await call<object[]>('alice', 'GET', '/user/webhooks');
    expect(JSON.stringify(all)).not.toContain(secret);
    expect((await call('bob', 'GET', `/user/webhooks/${id}`)).status).toBe(404);
    expect((await call('bob', 'GET', `/user/webhooks/${id}/deliveries`)).status).toBe(404);
    expect((await call('alice', 'DELETE', `/user/webhooks/${id}`)).status).toBe(200);
    expect((await call('alice', 'DELETE', `/user/webhooks/${id}`)).status).toBe(404);
  }, 60_000);

  it('are sent again when the receiver fails, and again when its owner asks', async () => {
    let left = 2;
    answers.set('/flaky', () => (left-- > 0 ? 503 : 204));
    const { id } = await webhook('/flaky');
    await upload('alice', 'for a flaky webhook');
    await until(async () => (await deliveries(id))[0]?.state === 'delivered');
    expect(await deliveries(id)).toMatchObject([{ attempts: 3, status: 204, error: null }]);
    const [first, ...others] = sentTo('/flaky').map(({ body }) => body);
    expect(others).toEqual([first, first]);
    const [{ id: delivery } = { id: 0 }] = await deliveries(id);
    expect((await call('bob', 'POST', `/user/webhooks/${id}/deliveries/${delivery}/replay`)).status).toBe(404);
    expect((await call('alice', 'POST', `/user/webhooks/${id}/deliveries/${delivery}/replay`)).status).toBe(202);
    await until(() => sentTo('/flaky').length === 4);
    await until(async () => (await deliveries(id))[0]?.state === 'delivered');
    await call('alice', 'DELETE', `/user/webhooks/${id}`);
  }, 60_000);

  it('reach the others while one receiver hangs; a redirect is not followed', async () => {
    answers.set('/hangs', () => new Promise<number>(() => undefined));
    answers.set('/away', () => 302);
    const [hangs, away, fine] = [await webhook('/hangs'), await webhook('/away'), await webhook('/fine')];
    await upload('alice', 'for three webhooks');
    await until(() => sentTo('/fine').length > 0 && sentTo('/hangs').length > 0);
    await until(async () => (await deliveries(hangs.id))[0]?.error === 'no answer within 4 seconds');
    await until(async () => /redirect/.test((await deliveries(away.id))[0]?.error ?? ''));
    expect(sentTo('/elsewhere')).toEqual([]);
    expect(await deliveries(fine.id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
    for (const { id } of [hangs, away, fine]) await call('alice', 'DELETE', `/user/webhooks/${id}`);
  }, 60_000);

  it('are sent again after the worker that had taken them died', async () => {
    const { id } = await webhook('/after-death');
    // A worker that takes the delivery and never comes back: its lease is all that is left of it.
    await upload('alice', 'before the death');
    await until(async () => (await deliveries(id)).length === 1);
    await until(async () => (await deliveries(id))[0]?.state === 'delivered');
    await database.query(
      `UPDATE webhook_deliveries SET state = 'pending', leased_until = now() + interval '2 s', delivered_at = NULL
       WHERE webhook_id = $1`,
      [id],
    );
    await until(() => sentTo('/after-death').length === 2);
    await until(async () => (await deliveries(id))[0]?.state === 'delivered');
    const [first, second] = sentTo('/after-death').map(({ body }) => body);
    expect(second).toBe(first);
    await call('alice', 'DELETE', `/user/webhooks/${id}`);
  }, 60_000);

  it('are settled by nobody but who holds the lease', async () => {
    const { id } = await webhook('/fenced');
    await upload('alice', 'for a fence');
    await until(async () => (await deliveries(id))[0]?.state === 'delivered');
    const [row] = await database.query<{ id: string; round: number }>(
      `UPDATE webhook_deliveries SET state = 'pending', leased_until = now() + interval '1 h' WHERE webhook_id = $1
       RETURNING id::text, round`,
      [id],
    );
    const store = worker.get(PostgresWebhookStore, { strict: false });
    const late = { id: BigInt(row!.id), round: row!.round - 1 } as never;
    await store.delivered(late, 200);
    await store.notDelivered(late, { status: null, error: 'x' }, { waitSeconds: null, quietSeconds: 0 });
    expect(await deliveries(id)).toMatchObject([{ state: 'pending' }]);
    await call('alice', 'DELETE', `/user/webhooks/${id}`);
  }, 60_000);

  it('are sent to no private address that nobody opened, and to no address with a password', async () => {
    for (const [url, reason] of [
      ['http://127.0.0.1:9/', 'ERR_WEBHOOK_ADDRESS_REFUSED'],
      ['http://169.254.169.254/latest', 'ERR_WEBHOOK_ADDRESS_REFUSED'],
      ['http://2130706433/', 'ERR_WEBHOOK_ADDRESS_REFUSED'],
      ['https://a:b@receiver.example/', 'ERR_INVALID_INPUT'],
      ['ftp://receiver.example/', 'ERR_INVALID_INPUT'],
      ['nonsense', 'ERR_INVALID_INPUT'],
    ])
      expect([url, (await call('alice', 'POST', '/user/webhooks', { url })).body]).toMatchObject([
        url,
        { error: { reason } },
      ]);
    const { body } = await call<{ id: string }>('alice', 'POST', '/user/webhooks', { url: 'http://localhost:9/' });
    await upload('alice', 'for a name that leads inside');
    await until(async () => /private address/.test((await deliveries(body.id))[0]?.error ?? ''));
    await call('alice', 'DELETE', `/user/webhooks/${body.id}`);
  }, 60_000);
});
