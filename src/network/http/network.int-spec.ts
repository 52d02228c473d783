import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { until as untilWithin } from '../../../test/support/until.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule, ApiKeyRegistry, UserRegistry } from '../../accounts/index.js';
import { StorageModule } from '../../storage/index.js';
import { AppConfig } from '../../config/index.js';
import { ContentHttpModule, ContentModule } from '../../content/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { OutboxJobsModule } from '../../platform/outbox/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { IpfsNode, NetworkHttpModule, NetworkJobsModule, NetworkPortsModule } from '../index.js';
import { InMemoryIpfsNode } from '../testing/in-memory-ipfs-node.js';

interface Row {
  id: number;
  cid: string;
  state: string;
  heldSince: string | null;
  announcedAt: string | null;
  routing: string[];
  nextAt: string | null;
  failures: number;
  lastError: string | null;
}
interface Page {
  count: number;
  announcements: Row[];
  next: number | null;
}
interface Upload {
  cid: string;
  estuaryId: number;
  providers: string[];
}

/** API and worker with their own modules, outbox, queue and CAR files; only the IPFS node is played. */
describe('what our IPFS node announces, over HTTP', () => {
  let database: TestDatabase;
  let folder: string;
  let app: NestFastifyApplication;
  let worker: INestApplicationContext;
  const node = new InMemoryIpfsNode();
  const keys: Record<'alice' | 'bob' | 'root', string> = { alice: '', bob: '', root: '' };

  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'network-'));
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent', TIDEWATER_DATA: folder });
    @Global()
    @Module({ providers: [{ provide: IpfsNode, useValue: node }], exports: [IpfsNode] })
    class PlayedNetwork {}
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'api', config }),
        AccountsModule,
        AccountsHttpModule,
        StorageModule.forProcess('api'),
        ContentModule,
        ContentHttpModule,
        NetworkPortsModule,
        NetworkHttpModule,
      ],
    })
    class ApiProcess {}
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'worker', config }),
        PlayedNetwork,
        StorageModule.forProcess('worker'),
        OutboxJobsModule,
        NetworkJobsModule,
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
    expect((await upload('alice', 'before any node was up')).providers).toEqual([]);
    worker = await NestFactory.createApplicationContext(WorkerProcess, { logger: false, abortOnError: false });
  }, 60_000);
  afterAll(async () => {
    await worker?.close();
    await app?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  async function call<T>(
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
  const upload = async (who: 'alice' | 'bob', text: string) =>
    (await call<Upload>(who, 'PUT', '/content/add', Buffer.from(text))).body;
  const listed = async (query: string) => (await call<Page>('root', 'GET', `/admin/announcements?${query}`)).body;

  const until = (what: () => Promise<boolean>) => untilWithin(what, { timeoutMs: 20_000, intervalMs: 100 });
  const announced = (cid: string) => until(async () => (await listed(`cid=${cid}&state=announced`)).count === 1);

  it('is what is stored, within seconds, and again what was stored before', async () => {
    const { cid } = await upload('alice', 'hello network');
    await announced(cid);
    const [row] = (await listed(`cid=${cid}`)).announcements;
    expect(row).toEqual({
      id: expect.any(Number),
      cid,
      state: 'announced',
      node: node.peerId,
      heldSince: expect.stringMatching(/Z$/),
      announcedAt: expect.stringMatching(/Z$/),
      routing: ['memory'],
      nextAt: expect.stringMatching(/Z$/),
      failures: 0,
      lastError: null,
    });
    const hours = (Date.parse(row?.nextAt ?? '') - Date.parse(row?.announcedAt ?? '')) / 3_600_000;
    expect(hours).toBeGreaterThan(19);
    expect(hours).toBeLessThanOrEqual(22);
    await until(async () => (await listed('state=announced')).count === 2);
    expect(node.provided.count).toBe(2);
  }, 30_000);

  it('stays while somebody still refers to it, and is stopped with the last reference', async () => {
    const [first, second] = [await upload('alice', 'shared bytes'), await upload('bob', 'shared bytes')];
    await announced(first.cid);
    await call('alice', 'DELETE', `/content/${first.estuaryId}`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await listed(`cid=${first.cid}`)).announcements).toEqual([expect.objectContaining({ state: 'announced' })]);
    await call('bob', 'DELETE', `/content/${second.estuaryId}`);
    await until(async () => (await listed(`cid=${first.cid}`)).count === 0);
    expect(node.stopped).toEqual([first.cid]);
    const again = await upload('alice', 'shared bytes');
    await announced(again.cid);
  }, 60_000);

  it('says which node it is, as the worker sees it', async () => {
    await until(async () => (await call<{ node: object | null }>('root', 'GET', '/admin/ipfs')).body.node !== null);
    const { body } = await call('root', 'GET', '/admin/ipfs');
    expect(body).toEqual({
      node: {
        kind: 'memory',
        agent: 'memory',
        peerId: node.peerId,
        addresses: await node.addresses(),
        peers: 0,
        routing: ['memory'],
        up: true,
        seenAt: expect.stringMatching(/Z$/),
      },
      others: [],
      announcements: { pending: 0, held: 0, announced: expect.any(Number), withdrawing: 0, failing: 0 },
      oldestOverdue: null,
    });
  });

  it('names our node in the answer to an upload', async () => {
    await until(async () => (await upload('alice', `provided ${Date.now()}`)).providers.length > 0);
    expect((await upload('alice', 'provided')).providers).toEqual(await node.addresses());
  });

  it('is announced at once when an operator asks, in either version of the CID', async () => {
    const { cid } = await upload('alice', 'urgent');
    await announced(cid);
    const times = () => node.announced.filter((root) => root === cid).length;
    const before = times();
    const unknown = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
    expect((await call('root', 'POST', '/admin/announcements/announce', { cids: [cid, unknown] })).body).toEqual({
      asked: [cid],
      notHot: [unknown],
    });
    await until(async () => times() === before + 1);
    const { body } = await call<{ asked: string[] }>('root', 'POST', '/admin/announcements/announce');
    expect(body.asked).toContain(cid);
  }, 30_000);

  it('comes in pages', async () => {
    const { announcements, next, count } = await listed('limit=2');
    expect([announcements.length, next]).toEqual([2, announcements[1]?.id]);
    const rest = await listed(`limit=1000&before=${next}`);
    expect(rest.announcements.length + 2).toBe(count);
    expect(rest.next).toBeNull();
  });

  it("is nobody's business but an operator's", async () => {
    for (const [method, url] of [
      ['GET', '/admin/ipfs'],
      ['GET', '/admin/announcements'],
      ['POST', '/admin/announcements/announce'],
    ] as const) {
      expect([url, (await call('alice', method, url)).status, (await call(null, method, url)).status]).toEqual([
        url,
        403,
        401,
      ]);
    }
  });

  it('refuses questions that make no sense, by the name of the field', async () => {
    for (const query of ['state=gone', 'cid=nonsense', 'limit=0', 'limit=1001', 'before=x', 'failing=perhaps']) {
      const { status, body } = await call<{ error: { details: string } }>(
        'root',
        'GET',
        `/admin/announcements?${query}`,
      );
      expect([query, status, body.error.details]).toEqual([
        query,
        400,
        expect.stringContaining(query.split('=')[0] ?? ''),
      ]);
    }
    for (const cids of [
      [],
      ['nonsense'],
      Array.from({ length: 1001 }, () => 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'),
    ]) {
      expect((await call('root', 'POST', '/admin/announcements/announce', { cids })).status).toBe(400);
    }
  });

  it('is measured', async () => {
    const exposition = await worker.get(Metrics, { strict: false }).render();
    expect(exposition).toMatch(/tidewater_provider_records\{state="announced"\} [1-9]/);
    expect(exposition).toMatch(/tidewater_provide_overdue_seconds \d/);
    expect(exposition).toMatch(/tidewater_provider_records_failing 0/);
  });
});
