import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CarReader } from '@ipld/car';
import type { AddressInfo } from 'node:net';
import { AccountsHttpModule, AccountsModule } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { InMemoryDagStore } from '../../storage/testing/in-memory-dag-store.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { FetchFailed, MinerFetcher, NodeRetriever, RetrievalModule, Retrievals } from '../../retrieval/index.js';
import { buildDag, type BuiltDag, type BuildOptions, rawBlock } from '../../retrieval/testing/dag-builder.js';
import { HolderDirectory, retrievalWorker, RetrieveDagFromMiner } from '../../retrieval/testing/retrieval-worker.js';
import { NoNodeRetriever, ScriptedHolders } from '../../retrieval/testing/scripted-holders.js';
import { ScriptedMinerFetcher } from '../../retrieval/testing/scripted-miner-fetcher.js';
import { userId } from '../../shared/index.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { EgressMeter, GatewayHttpModule, pathOfHost } from '../index.js';

const GATEWAY_HOST = 'pages.example';

class CountingMeter extends EgressMeter {
  readonly entries: { root: string; bytes: number; channel: string }[] = [];

  count(entry: { root: string; bytes: number; channel: 'gateway' | 'bitswap' }): void {
    this.entries.push(entry);
  }
}

const dags = new InMemoryDagStore();
const fetcher = new ScriptedMinerFetcher();
const holders = new ScriptedHolders();
const meter = new CountingMeter();

@Global()
@Module({
  providers: [
    { provide: DagStore, useValue: dags },
    { provide: HotBlocks, useValue: dags.hotBlocks },
    { provide: EgressMeter, useValue: meter },
    { provide: MinerFetcher, useValue: fetcher },
    { provide: HolderDirectory, useValue: holders },
    { provide: NodeRetriever, useValue: new NoNodeRetriever() },
  ],
  exports: [DagStore, HotBlocks, EgressMeter, MinerFetcher, HolderDirectory, NodeRetriever],
})
class PortsModule {}

let database: TestDatabase;
let app: NestFastifyApplication;
let base: string;

beforeAll(async () => {
  database = await testDatabase();
  const config = AppConfig.parse({
    DATABASE_URL: database.url,
    LOG_LEVEL: 'silent',
    GATEWAY_WAIT_SECONDS: '2',
    GATEWAY_HOST,
  });
  @Module({
    imports: [
      PlatformModule.forRoot({ process: 'api', config }),
      PortsModule,
      AccountsModule,
      AccountsHttpModule,
      RetrievalModule,
      GatewayHttpModule,
    ],
    providers: retrievalWorker,
  })
  class TestApp {}
  app = await createHttpApp(TestApp, ({ url, host }) => pathOfHost(url, host, GATEWAY_HOST));
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function store(files: Parameters<typeof buildDag>[0], options?: BuildOptions): Promise<BuiltDag> {
  const dag = await buildDag(files, options);
  const intake = await dags.begin('pin');
  for (const { cid, bytes } of dag.blocks) await intake.put(cid, bytes);
  await intake.commit(dag.root, {
    userId: userId('00000000-0000-7000-8000-000000000001'),
    cid: dag.root.toString(),
    name: 'a',
    type: 'unknown',
    profile: 'car',
  });
  return dag;
}

const get = (path: string, init: RequestInit = {}) => fetch(base + path, { redirect: 'manual', ...init });
const errorOf = async (response: Response) => ((await response.json()) as { error: { reason: string } }).error;
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('a file that is here', () => {
  const content = randomBytes(100_000);
  let dag: BuiltDag;
  beforeAll(async () => {
    dag = await store(content);
  });

  it('comes whole, with the headers that caches live by', async () => {
    const response = await get(`/ipfs/${dag.root}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': '100000',
      'accept-ranges': 'bytes',
      etag: `"${dag.root}"`,
      'cache-control': 'public, max-age=29030400, immutable',
      'x-ipfs-path': `/ipfs/${dag.root}`,
      'x-ipfs-roots': dag.root.toString(),
      'x-content-type-options': 'nosniff',
      'content-type': 'application/octet-stream',
      'access-control-allow-origin': '*',
    });
    expect((await bytesOf(response)).equals(content)).toBe(true);
    expect(meter.entries.at(-1)).toEqual({ root: dag.root.toString(), bytes: 100_000, channel: 'gateway' });
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=1023-1024', 1023, 1025],
    ['bytes=5000-', 5000, 100_000],
    ['bytes=-10', 99_990, 100_000],
    ['bytes=99999-2000000', 99_999, 100_000],
  ])('gives %s', async (range, start, end) => {
    const response = await get(`/gw/ipfs/${dag.root}`, { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/100000`);
    expect((await bytesOf(response)).equals(content.subarray(start, end))).toBe(true);
  });

  it('says 416 and the size to a range outside', async () => {
    const response = await get(`/ipfs/${dag.root}`, { headers: { range: 'bytes=100000-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */100000']);
    expect(await response.json()).toMatchObject({ error: { code: 416, reason: 'ERR_RANGE_NOT_SATISFIABLE' } });
  });

  it('answers HEAD as GET, without a body and without counting', async () => {
    const before = meter.entries.length;
    const response = await get(`/ipfs/${dag.root}`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), (await bytesOf(response)).length]).toEqual([
      200,
      '100000',
      0,
    ]);
    expect(meter.entries.length).toBe(before);
  });

  it.each([`"x", W/"{cid}"`, '*'])('answers 304 to If-None-Match %s', async (header) => {
    const response = await get(`/ipfs/${dag.root}`, {
      headers: { 'if-none-match': header.replace('{cid}', dag.root.toString()) },
    });
    expect([response.status, response.headers.get('etag')]).toEqual([304, `"${dag.root}"`]);
  });

  it('takes its name and its manner from the query', async () => {
    const response = await get(`/ipfs/${dag.root}?filename=r%C3%A9sum%C3%A9.pdf&download=true`, { method: 'HEAD' });
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf`,
    );
    expect(response.headers.get('content-type')).toBe('application/pdf');
  });

  it('gives each of its blocks as a root of its own, and raw', async () => {
    const leaf = dag.blocks.at(-1)!;
    expect((await bytesOf(await get(`/ipfs/${leaf.cid}`))).equals(leaf.bytes)).toBe(true);
    const raw = await get(`/ipfs/${dag.root}?format=raw`);
    expect(raw.headers.get('content-type')).toBe('application/vnd.ipld.raw');
    expect(raw.headers.get('content-disposition')).toBe(`attachment; filename="${dag.root}.bin"`);
    expect((await bytesOf(raw)).equals(dag.blocks[0]!.bytes)).toBe(true);
    const accepted = await get(`/ipfs/${dag.root}`, { headers: { accept: 'application/vnd.ipld.raw' } });
    expect((await bytesOf(accepted)).equals(dag.blocks[0]!.bytes)).toBe(true);
    expect(accepted.headers.get('vary')).toContain('Accept');
  });

  it.each([
    ['all', 1],
    ['entity', 1],
    ['block', 0],
  ])('gives a CAR of scope %s in depth-first order', async (scope, all) => {
    const response = await get(`/ipfs/${dag.root}?format=car&dag-scope=${scope}`);
    expect(response.headers.get('content-type')).toBe('application/vnd.ipld.car; version=1; order=dfs; dups=n');
    const car = await CarReader.fromBytes(await bytesOf(response));
    expect((await car.getRoots()).map(String)).toEqual([dag.root.toString()]);
    const cids: string[] = [];
    for await (const cid of car.cids()) cids.push(cid.toString());
    expect(cids).toEqual((all ? dag.blocks : dag.blocks.slice(0, 1)).map(({ cid }) => cid.toString()));
  });

  it('is a file to the end: nothing is below it', async () => {
    expect((await get(`/ipfs/${dag.root}/below`)).status).toBe(404);
  });

  it('stops reading when the reader goes away', async () => {
    const big = await store(randomBytes(24 * 1024 * 1024), { chunkBytes: 262_144, width: 174 });
    const before = meter.entries.length;
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.write(`GET /ipfs/${big.root} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await until(() => meter.entries.length > before);
    expect(meter.entries.at(-1)!.bytes).toBeLessThan(24 * 1024 * 1024);
  });
});

describe('other layouts', () => {
  it.each([
    ['0 bytes', 0, {}],
    ['1 byte', 1, {}],
    ['wrapped leaves', 50_000, { rawLeaves: false }],
    ['one full node', 4096, {}],
    ['deep', 40_000, { chunkBytes: 64, width: 2 }],
  ] as const)('%s come back as they were', async (_name, size, options) => {
    const content = randomBytes(size);
    const dag = await store(content, options);
    const response = await get(`/ipfs/${dag.root}`);
    expect(response.headers.get('content-length')).toBe(String(size));
    expect((await bytesOf(response)).equals(content)).toBe(true);
    if (size > 100) {
      const part = await get(`/ipfs/${dag.root}`, { headers: { range: 'bytes=77-2999' } });
      expect((await bytesOf(part)).equals(content.subarray(77, 3000))).toBe(true);
    }
  });
});

describe('directories', () => {
  it('redirect to the slash, show their index page, and give members by name', async () => {
    const dag = await store({ 'index.html': Buffer.from('<!doctype html>hello'), 'sub/a b.txt': Buffer.from('text') });
    const redirect = await get(`/gw/ipfs/${dag.root}?x=1`);
    expect([redirect.status, redirect.headers.get('location')]).toEqual([301, `/gw/ipfs/${dag.root}/?x=1`]);
    const index = await get(`/ipfs/${dag.root}/`);
    expect([index.headers.get('content-type'), await index.text()]).toEqual([
      'text/html; charset=utf-8',
      '<!doctype html>hello',
    ]);
    const member = await get(`/ipfs/${dag.root}/sub/a%20b.txt`);
    expect([member.headers.get('content-type'), await member.text()]).toEqual(['text/plain; charset=utf-8', 'text']);
    expect(member.headers.get('x-ipfs-roots')!.split(',')).toHaveLength(3);
    expect((await get(`/ipfs/${dag.root}/nothing`)).status).toBe(404);
  });

  it('are listed with names that cannot become markup', async () => {
    const dag = await store({ '<img src=x onerror=alert(1)>.txt': Buffer.from('a'), 'b"c.txt': Buffer.from('b') });
    const response = await get(`/ipfs/${dag.root}/`);
    expect(response.headers.get('etag')).toBe(`"DirIndex-1_CID-${dag.root}"`);
    const page = await response.text();
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;.txt');
    expect(page).toContain('href="./b%22c.txt"');
  });

  it('may be sharded', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `file-${index}.txt`);
    const dag = await store(Object.fromEntries(names.map((name) => [name, Buffer.from(name)])), { shardAbove: 10 });
    expect(await (await get(`/ipfs/${dag.root}/file-217.txt`)).text()).toBe('file-217.txt');
    expect((await get(`/ipfs/${dag.root}/file-300.txt`)).status).toBe(404);
    const page = await (await get(`/ipfs/${dag.root}/`)).text();
    expect(names.every((name) => page.includes(`>${name}<`))).toBe(true);
  });
});

describe('what strangers made', () => {
  const SCRIPT = '<script>alert(document.domain)</script>';

  it('is shown in a sandbox, whatever it is, whole or in part, new or unchanged', async () => {
    const dag = await store({
      'page.html': Buffer.from(SCRIPT),
      'drawing.svg': Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`),
      'page.xhtml': Buffer.from(`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`),
      'text.txt': Buffer.from('text'),
    });
    const paths = ['/', '/page.html', '/drawing.svg', '/page.xhtml', '/text.txt', '', '?format=raw', '?format=car'];
    for (const path of paths) {
      const response = await get(`/ipfs/${dag.root}${path}`, { headers: { range: 'bytes=0-1' } });
      expect([path, response.headers.get('content-security-policy')]).toEqual([path, 'sandbox']);
      const tag = response.headers.get('etag');
      if (tag === null) continue;
      const again = await get(`/ipfs/${dag.root}${path}`, { headers: { 'if-none-match': tag } });
      expect([path, again.status, again.headers.get('content-security-policy')]).toEqual([path, 304, 'sandbox']);
    }
  });

  it.each([
    'x.html',
    'x.HTM',
    'x.xhtml',
    'x.svg',
    'x.xml',
    'x.js',
    'x.mjs',
    'x.css',
    'x.mht',
    'x.wasm',
    'x.xsl',
    'x.rdf',
  ])('is made no program by the name in a link: %s', async (name) => {
    const dag = await store({ 'a.txt': Buffer.from('just text, with a <script> in it') });
    for (const path of [`${dag.root}/a.txt`, dag.blocks.at(-1)!.cid.toString()]) {
      const response = await get(`/ipfs/${path}?filename=${name}`);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }
  });

  it('has the harmless type that a link says, and its own where the link says what it is', async () => {
    const dag = await store({ 'a.html': Buffer.from('<!-- a page --><p>hello') });
    const typeFor = async (query: string) =>
      (await get(`/ipfs/${dag.root}/a.html${query}`)).headers.get('content-type');
    expect(await typeFor('?filename=a.txt')).toBe('text/plain; charset=utf-8');
    expect(await typeFor('?filename=a.html')).toBe('text/html; charset=utf-8');
    expect(await typeFor('')).toBe('text/html; charset=utf-8');
  });
});

describe('a gateway host', () => {
  /** As a browser asks that believes the name. */
  const at = (host: string, path: string) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const sent = request(base + path, { headers: { host } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.on('error', reject).end();
    });

  it('sends a page on to the origin of its root, where it has no sandbox and the API no route', async () => {
    const dag = await store({ 'index.html': Buffer.from('<!doctype html>hello'), 'sub/a.txt': Buffer.from('text') });
    const own = `${dag.root}.ipfs.${GATEWAY_HOST}`;
    const sent = await at(GATEWAY_HOST, `/ipfs/${dag.root}/sub/a.txt?x=1`);
    expect([sent.status, sent.headers.location]).toEqual([301, `//${own}/sub/a.txt?x=1`]);
    const page = await at(own, '/');
    expect([page.status, page.text, page.headers['content-security-policy']]).toEqual([
      200,
      '<!doctype html>hello',
      undefined,
    ]);
    const folder = await at(own, '/sub?x=1');
    expect([folder.status, folder.headers.location]).toEqual([301, '/sub/?x=1']);
    expect((await at(own, '/sub/a.txt')).text).toBe('text');
    for (const route of ['/user/api-keys', '/gw/ipfs/bafkqaaa', '/ipfs/bafkqaaa'])
      expect((await at(own, route)).status).toBe(404);
  });

  it('gives blocks and CARs itself, and no other host is one', async () => {
    const dag = await store(Buffer.from('text'));
    expect((await at(GATEWAY_HOST, `/ipfs/${dag.root}?format=raw`)).status).toBe(200);
    const other = await at(`${dag.root}.ipfs.example`, `/ipfs/${dag.root}`);
    expect([other.status, other.headers['content-security-policy']]).toEqual([200, 'sandbox']);
  });
});

describe('what is asked wrongly', () => {
  it.each([
    ['/ipfs/nonsense', 400, 'ERR_INVALID_CID'],
    ['/get/nonsense', 400, 'ERR_INVALID_CID'],
    ['/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', 404, 'ERR_CONTENT_NOT_FOUND'],
    ['/ipfs/bafkqaaa?format=tar', 406, 'ERR_NOT_ACCEPTABLE'],
    ['/ipfs/bafkqaaa?format=nonsense', 400, 'ERR_INVALID_INPUT'],
    ['/ipfs/bafkqaaa?format=dag-cbor', 406, 'ERR_NOT_ACCEPTABLE'],
  ])('%s is answered with %d', async (path, status, reason) => {
    const response = await get(path);
    expect([response.status, (await errorOf(response)).reason]).toEqual([status, reason]);
  });

  it('the probe of an empty identity CID works in all formats', async () => {
    for (const query of ['', '?format=raw', '?format=car']) {
      expect((await get(`/ipfs/bafkqaaa${query}`)).status).toBe(200);
      expect((await get(`/ipfs/bafkqaaa${query}`, { method: 'HEAD' })).status).toBe(200);
    }
  });

  it('/get leads to the gateway', async () => {
    const response = await get('/get/QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n');
    expect([response.status, response.headers.get('location')]).toEqual([
      307,
      '/gw/ipfs/bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    ]);
  });
});

describe('a file that only miners have', () => {
  async function cold(size: number, miners: string[]): Promise<{ dag: BuiltDag; content: Buffer }> {
    const content = randomBytes(size);
    const dag = await store(content);
    dags.offload(dag.root);
    fetcher.holds(dag);
    holders.offer(dag.root.toString(), miners);
    return { dag, content };
  }

  async function work(dag: BuiltDag): Promise<void> {
    const id = await app.get(Retrievals).request(dag.root);
    await app.get(RetrieveDagFromMiner).run(id, new AbortController().signal);
  }

  it('begins to flow while the retrieval still runs, and ends well', async () => {
    const { dag, content } = await cold(50_000, ['t01']);
    const gate = Promise.withResolvers<void>();
    fetcher.script('http://t01', { does: 'pause', after: 12, until: gate.promise });
    const asking = get(`/ipfs/${dag.root}`);
    const working = work(dag);
    const response = await asking;
    expect(response.status).toBe(200);
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    expect(value!.length).toBeGreaterThan(0);
    gate.resolve();
    const parts = [value!];
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
    expect(Buffer.concat(parts).equals(content)).toBe(true);
    await working;
    expect((await dags.find(dag.root))?.hot).toBe(true);
  });

  it('is retrieved once, however many ask', async () => {
    const { dag, content } = await cold(20_000, ['t01']);
    fetcher.script('http://t01', { does: 'serve' });
    const asking = Promise.all(Array.from({ length: 50 }, () => get(`/ipfs/${dag.root}`).then(bytesOf)));
    await until(
      async () => (await database.query('select 1 from retrievals where root = $1', [dag.root.toString()])).length > 0,
    );
    await work(dag);
    expect((await asking).every((bytes) => bytes.equals(content))).toBe(true);
    expect(
      await database.query('select state, live, lease_number from retrievals where root = $1', [dag.root.toString()]),
    ).toEqual([{ state: 'stored', live: false, lease_number: 1 }]);
  });

  it('ends in 504 with the reason of each miner when none can give it', async () => {
    const { dag } = await cold(20_000, ['t02', 't03']);
    fetcher
      .script('http://t02', { does: 'fail', reason: 'sealed-only' })
      .script('http://t03', { does: 'lie', after: 0 });
    const asking = get(`/ipfs/${dag.root}`);
    await work(dag);
    const response = await asking;
    expect(response.status).toBe(504);
    expect(await errorOf(response)).toMatchObject({
      code: 504,
      reason: 'ERR_RETRIEVAL_FAILED',
      context: {
        reasons: [
          { miner: 't02', reason: 'sealed-only' },
          { miner: 't03', reason: 'wrong-bytes' },
        ],
      },
    });
  });

  it('is cut off, never short, when the retrieval fails half-way', async () => {
    const { dag } = await cold(50_000, ['t04']);
    const gate = Promise.withResolvers<void>();
    fetcher.script('http://t04', { does: 'pause', after: 12, until: gate.promise });
    const asking = get(`/ipfs/${dag.root}`);
    const working = work(dag);
    const response = await asking;
    expect(response.status).toBe(200);
    gate.reject(new FetchFailed('truncated', 'scripted: the connection broke off'));
    await expect(response.arrayBuffer()).rejects.toThrow();
    await working;
  });

  it('answers 504 and when to come back when the bytes take longer than a reader waits', async () => {
    const { dag } = await cold(5_000, ['t05']);
    const response = await get(`/ipfs/${dag.root}`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([504, '5']);
    expect((await errorOf(response)).reason).toBe('ERR_RETRIEVAL_PENDING');
  });

  it('is not fetched for those who want it only from here', async () => {
    const { dag } = await cold(5_000, ['t05']);
    expect((await get(`/ipfs/${dag.root}`, { headers: { 'cache-control': 'only-if-cached' } })).status).toBe(412);
    expect(await database.query('select 1 from retrievals where root = $1', [dag.root.toString()])).toEqual([]);
  });

  it('is unknown when it never was here', async () => {
    expect((await get(`/ipfs/${rawBlock(randomBytes(9)).cid}`)).status).toBe(404);
  });
});
