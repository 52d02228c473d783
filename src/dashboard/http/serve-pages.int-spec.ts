import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig } from '../../config/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { pagePaths } from '../domain/page-paths.js';
import { BuiltPages } from './built-pages.js';
import { ServePages } from './serve-pages.js';

let database: TestDatabase;
let folder: string;
let app: NestFastifyApplication;

/** The application with the pages that a folder holds. */
async function serving(pages: string): Promise<NestFastifyApplication> {
  const config = AppConfig.parse({ DATABASE_URL: database.url, TIDEWATER_DATA: folder, LOG_LEVEL: 'silent' });
  @Module({
    imports: [PlatformModule.forRoot({ process: 'api', config })],
    providers: [{ provide: BuiltPages, useFactory: () => BuiltPages.load(pages) }, ServePages],
  })
  class PagesAlone {}
  const made = await createHttpApp(PagesAlone);
  await made.init();
  return made;
}

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'tidewater-pages-'));
  const pages = join(folder, 'ui');
  await mkdir(join(pages, 'assets'), { recursive: true });
  await writeFile(join(pages, 'index.html'), '<!doctype html><title>Tidewater</title>');
  await writeFile(join(pages, 'assets', 'index-1a2b.js'), 'the script');
  await writeFile(join(pages, 'assets', 'index-1a2b.js.br'), 'packed by br');
  await writeFile(join(pages, 'assets', 'index-1a2b.js.gz'), 'packed by gzip');
  await writeFile(join(pages, '.made-from'), 'a stamp');
  app = await serving(pages);
}, 60_000);

afterAll(async () => {
  await app.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

describe('the pages', () => {
  it.each(pagePaths.map((path) => path.replace('*', 'a/b?c=d')))('%s is the one page', async (path) => {
    const answer = await get(path);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.body).toContain('<title>Tidewater</title>');
  });

  it('let no script run but our files, and stand in nobody’s frame', async () => {
    const { headers } = await get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('are asked for again each time, and sent again only when they have changed', async () => {
    const first = await get('/app/files');
    expect(first.headers['cache-control']).toBe('no-cache');
    const again = await get('/', { 'if-none-match': String(first.headers['etag']) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get('/', { 'if-none-match': '"another"' })).statusCode).toBe(200);
  });

  it('take nothing but GET and HEAD', async () => {
    expect((await app.inject({ method: 'POST', url: '/app/files' })).statusCode).toBe(405);
    const head = await app.inject({ method: 'HEAD', url: '/' });
    expect([head.statusCode, head.body]).toEqual([200, '']);
  });
});

describe('their files', () => {
  it.each([
    ['br, gzip', 'br', 'packed by br'],
    ['gzip', 'gzip', 'packed by gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'packed by gzip'],
    ['*', 'br', 'packed by br'],
    ['identity', undefined, 'the script'],
    ['', undefined, 'the script'],
  ])('go out as the client takes them: %p', async (accepted, encoding, body) => {
    const answer = await get('/assets/index-1a2b.js', { 'accept-encoding': accepted });
    expect([answer.statusCode, answer.headers['content-encoding'], answer.body]).toEqual([200, encoding, body]);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['vary']).toContain('accept-encoding');
  });

  it('have a tag for each form', async () => {
    const tags = await Promise.all(
      ['br', 'gzip', ''].map(
        async (accepted) => (await get('/assets/index-1a2b.js', { 'accept-encoding': accepted })).headers['etag'],
      ),
    );
    expect(new Set(tags).size).toBe(3);
  });

  it.each([
    '/assets/none.js',
    '/assets/../index.html',
    '/assets/..%2f.made-from',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/',
  ])('are those of the build and no others: %s', async (path) => {
    const answer = await get(path);
    expect([answer.statusCode, answer.json<{ error: { reason: string } }>().error.reason]).toEqual([
      404,
      'ERR_ROUTE_NOT_FOUND',
    ]);
  });
});

it('an unknown path of the API stays a JSON 404', async () => {
  for (const path of ['/content/none', '/deals', '/apps', '/networks', '/verifyx']) {
    const answer = await get(path);
    expect([path, answer.statusCode, answer.headers['content-type']]).toEqual([
      path,
      404,
      'application/json; charset=utf-8',
    ]);
  }
});

it('where no pages were built, the bare address leads to the description of the API', async () => {
  const bare = await serving(join(folder, 'nothing-there'));
  try {
    const answer = await bare.inject({ url: '/' });
    expect([answer.statusCode, answer.headers['location']]).toEqual([302, '/docs']);
  } finally {
    await bare.close();
  }
});
