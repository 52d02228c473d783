import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { PlatformModule } from '../platform.module.js';
import { createHttpApp } from './http-app.js';
import { InvalidInput } from './http.errors.js';
import { serveDocs } from './docs.js';
import { ZodPipe } from './parse-input.js';

const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).default(5),
  'ignore-failed': z.string().optional(),
});
const namesBody = z.object({ names: z.array(z.string()).optional() });

@Controller()
class SampleController {
  @Get('list')
  list(@Query(new ZodPipe(pageQuery)) { limit }: z.output<typeof pageQuery>) {
    return { limit };
  }

  @Get('plain/:cid')
  plain(@Param('cid') cid: string) {
    if (cid === 'bad') throw new InvalidInput('cid: <b>is not a CID</b>');
    return { cid };
  }

  @Get('own')
  own(@Query() query: object) {
    return query;
  }

  @Get('health')
  health() {
    return { status: 'ok' };
  }

  @Get(['pinning/pins', 'pinning/pins/:requestid'])
  pin() {
    return { status: 'queued' };
  }

  @Post('announce')
  announce(@Body(new ZodPipe(namesBody)) { names }: z.output<typeof namesBody>) {
    return { announced: names ?? 'everything' };
  }
}

describe('what a new user meets', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    @Module({ imports: [PlatformModule.forRoot({ process: 'api', config })], controllers: [SampleController] })
    class TestApp {}
    app = await createHttpApp(TestApp);
    serveDocs(app, 'http://127.0.0.1');
    await app.init();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const get = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await app.inject({ url, headers });
    return { status: answer.statusCode, body: answer.body, type: String(answer.headers['content-type']) };
  };

  it('is told of a misspelt option, and which options there are', async () => {
    expect(JSON.parse((await get('/list?limit=2')).body)).toEqual({ limit: 2 });
    const { status, body } = await get('/list?limt=2&limit=1');
    expect([status, JSON.parse(body)]).toEqual([
      400,
      {
        error: {
          code: 400,
          reason: 'ERR_INVALID_INPUT',
          details: 'no such option in the query: limt; there are limit, ignore-failed',
          context: { fields: ['limt'] },
        },
      },
    ]);
    expect((await get('/plain/x?days=3')).body).toContain('this route has none');
  });

  it('may add what they like where a probe, a vendor or the route itself reads it', async () => {
    for (const url of [
      '/health?cachebuster=1',
      '/pinning/pins/a?vendor=1',
      '/pinning/pins?meta[app]=a',
      '/own?anything=1',
    ])
      expect([url, (await get(url)).status]).toEqual([url, 200]);
  });

  it('does not ask for everything by a body of null', async () => {
    const post = async (payload?: string) => {
      const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await app.inject({ method: 'POST', url: '/announce', headers, ...(payload ? { payload } : {}) });
      return [answer.statusCode, answer.json<{ announced?: string }>().announced];
    };
    expect(await post('null')).toEqual([400, undefined]);
    expect(await post('[]')).toEqual([400, undefined]);
    expect(await post()).toEqual([201, 'everything']);
    expect(await post('{}')).toEqual([201, 'everything']);
  });

  it('reads a failure as a page in a browser, and as JSON anywhere else', async () => {
    const page = await get('/plain/bad', { accept: 'text/html,*/*;q=0.8' });
    expect([page.status, page.type]).toEqual([400, 'text/html; charset=utf-8']);
    expect(page.body).toContain('ERR_INVALID_INPUT');
    expect(page.body).toContain('cid: &#60;b&#62;is not a CID');
    expect((await get('/nowhere', { accept: 'text/html' })).type).toContain('text/html');
    expect((await get('/%zz', { accept: 'text/html' })).type).toContain('text/html');
    expect((await get('/plain/bad', { accept: '*/*' })).type).toContain('application/json');
  });

  it('finds types, examples and failures of each route in the documentation', async () => {
    const { paths } = JSON.parse((await get('/docs-json')).body) as { paths: Record<string, Record<string, never>> };
    expect(paths['/list']?.['get']).toMatchObject({
      parameters: [
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, default: 5 } },
        { name: 'ignore-failed', in: 'query', required: false, schema: { type: 'string' } },
      ],
      responses: { 400: { description: expect.stringContaining('ERR_INVALID_INPUT') }, 500: {} },
    });
    expect(paths['/plain/{cid}']?.['get']).toMatchObject({
      parameters: [{ name: 'cid', in: 'path', required: true, schema: { type: 'string', format: 'cid' } }],
    });
    expect(paths['/announce']?.['post']).toMatchObject({
      requestBody: {
        required: false,
        content: { 'application/json': { schema: { properties: { names: { type: 'array' } } }, example: {} } },
      },
    });
  });
});
