import { Readable } from 'node:stream';
import { Agent, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpException, Module, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppConfig } from '../../config/index.js';
import { DomainError } from '../../shared/index.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { Metrics } from '../metrics/index.js';
import { PlatformModule } from '../platform.module.js';
import { createHttpApp, parseInput, RawBody } from './index.js';

class Exhausted extends DomainError {
  readonly code = 'ERR_EXHAUSTED';
  override readonly status = 503;
}

const SECRET = 'password=hunter2';

async function sizeOf(request: FastifyRequest): Promise<object> {
  let size = 0;
  for await (const part of request.raw) size += (part as Buffer).length;
  return { size };
}

@Controller()
class SampleController {
  @Get('echo')
  echo(@Query() query: object): object {
    return parseInput(z.object({ n: z.coerce.number().int() }), query);
  }

  @Post('json')
  json(@Body() body: unknown): object {
    return { got: body ?? null };
  }

  @Put('content/add')
  put(@Req() request: FastifyRequest): Promise<object> {
    return sizeOf(request);
  }

  @Post('content/add')
  post(@Req() request: FastifyRequest): Promise<object> {
    return sizeOf(request);
  }

  @Post('raw')
  @RawBody()
  raw(@Req() request: FastifyRequest): Promise<object> {
    return sizeOf(request);
  }

  @Post('content/refuse')
  refuse(): void {
    throw new HttpException('no', 401);
  }

  @Get('fail/:how')
  fail(@Param('how') how: string): void {
    if (how === 'domain') throw new Exhausted('come back later', { retryAfterMs: 1500, details: { left: 0 } });
    throw new Error(SECRET);
  }

  @Get('pinning/pins')
  pins(): void {
    throw new Exhausted('come back later');
  }

  @Get('slow/:ms')
  async slow(@Param('ms') ms: string): Promise<object> {
    await new Promise((resolve) => void setTimeout(resolve, Number(ms)).unref());
    return { slow: true };
  }

  @Get('half')
  half(@Res() reply: FastifyReply): void {
    const body = Readable.from(
      (function* parts() {
        yield 'half of it';
        throw new Error(SECRET);
      })(),
    );
    void reply.header('content-length', '1000').send(body);
  }
}

describe('HTTP', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    @Module({ imports: [PlatformModule.forRoot({ process: 'api', config })], controllers: [SampleController] })
    class TestApp {}
    app = await createHttpApp(TestApp);
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const send = async (method: string, path: string, init: RequestInit = {}) => {
    const answer = await fetch(url + path, { method, ...init });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  const failure = (code: number, reason: string) => ({
    status: code,
    body: { error: { code, reason, details: expect.any(String) } },
  });

  it('answers failures of the framework in the one shape, with stable reasons', async () => {
    expect(await send('GET', '/nowhere')).toMatchObject(failure(404, 'ERR_ROUTE_NOT_FOUND'));
    const json = { 'content-type': 'application/json' };
    expect(await send('POST', '/json', { headers: json, body: '{bad' })).toMatchObject(
      failure(400, 'ERR_INVALID_INPUT'),
    );
    expect(await send('POST', '/json', { headers: json, body: `"${'x'.repeat(2 * 1024 * 1024)}"` })).toMatchObject(
      failure(413, 'ERR_CONTENT_SIZE_OVER_LIMIT'),
    );
    expect(await send('POST', '/json', { headers: { 'content-type': 'text/plain' }, body: 'x' })).toMatchObject(
      failure(415, 'ERR_UNSUPPORTED_CONTENT_TYPE'),
    );
    expect(await send('GET', '/echo?n=x')).toMatchObject(failure(400, 'ERR_INVALID_INPUT'));
  });

  it('refuses an address that no record can have', async () => {
    expect(await send('GET', '/fail/%00')).toMatchObject(failure(400, 'ERR_INVALID_INPUT'));
    expect(await send('GET', '/echo?n=1&x=a%00')).toMatchObject(failure(400, 'ERR_INVALID_INPUT'));
  });

  it('answers what it cannot even read in that shape, too', async () => {
    expect(await send('GET', '/echo/%zz')).toMatchObject(failure(400, 'ERR_BAD_REQUEST'));
    expect(await send('GET', `/fail/${'x'.repeat(2000)}`)).toMatchObject(failure(414, 'ERR_URI_TOO_LONG'));
    expect(await send('GET', `/echo?n=${'1'.repeat(20_000)}`)).toMatchObject(failure(431, 'ERR_HEADERS_TOO_LARGE'));
    expect((await send('GET', '/pinning/pins/%zz')).body).toEqual({
      error: { reason: 'ERR_BAD_REQUEST', details: expect.any(String) },
    });
    expect((await send('GET', '/pinning?x')).body).toEqual({
      error: { reason: 'ERR_ROUTE_NOT_FOUND', details: expect.any(String) },
    });
  });

  it('says which methods a path takes', async () => {
    const answer = await send('DELETE', '/echo');
    expect(answer).toMatchObject(failure(405, 'ERR_METHOD_NOT_ALLOWED'));
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('names a failure of the domain, and when to come back', async () => {
    const answer = await send('GET', '/fail/domain');
    expect(answer).toMatchObject({
      status: 503,
      body: { error: { code: 503, reason: 'ERR_EXHAUSTED', details: 'come back later', context: { left: 0 } } },
    });
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  it('leaves the code out below /pinning, as the specification has it', async () => {
    expect((await send('GET', '/pinning/pins')).body).toEqual({
      error: { reason: 'ERR_EXHAUSTED', details: 'come back later' },
    });
  });

  it("tells nothing of an unexpected failure but the request's id", async () => {
    const answer = await send('GET', '/fail/unknown', { headers: { 'x-request-id': 'my-request-7' } });
    expect(answer.body).toEqual({
      error: { code: 500, reason: 'ERR_INTERNAL_SERVER', details: 'unexpected failure, request my-request-7' },
    });
    expect(answer.headers.get('x-request-id')).toBe('my-request-7');
  });

  it('replaces a request id that could forge log lines', async () => {
    const answer = await send('GET', '/echo?n=1', { headers: { 'x-request-id': 'a b"c' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('parses JSON, takes no body for none, and does not mind a slash at the end', async () => {
    const json = { 'content-type': 'application/json' };
    expect((await send('POST', '/json', { headers: json, body: '{"a":1}' })).body).toEqual({ got: { a: 1 } });
    expect((await send('POST', '/json', { headers: json })).body).toEqual({ got: null });
    expect((await send('POST', '/json')).body).toEqual({ got: null });
    expect((await send('GET', '/echo/?n=4')).body).toEqual({ n: 4 });
  });

  it('hands uploads on unread, however large and whatever they are called', async () => {
    const body = new Uint8Array(5 * 1024 * 1024);
    const types = [
      'application/octet-stream',
      'application/vnd.ipld.car',
      'text/plain',
      'image/png',
      'multipart/form-data; boundary=x',
    ];
    for (const type of types)
      expect((await send('POST', '/content/add', { headers: { 'content-type': type }, body })).body).toEqual({
        size: body.length,
      });
    expect((await send('PUT', '/content/add', { headers: { 'content-type': 'application/json' }, body })).body).toEqual(
      { size: body.length },
    );
    expect((await send('PUT', '/content/add', { body })).body).toEqual({ size: body.length });
    expect((await send('POST', '/raw', { headers: { 'content-type': 'application/json' }, body: '{' })).body).toEqual({
      size: 1,
    });
  });

  it('refuses an upload without reading it to its end, and the client hears why', async () => {
    const answer = await new Promise<{ status: number | undefined; closedAfterMs: number; sent: number }>(
      (resolve, reject) => {
        let status: number | undefined;
        let sent = 0;
        const began = Date.now();
        const request = httpRequest(`${url}/content/refuse`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
        });
        const timer = setInterval(() => {
          sent += 1;
          request.write(Buffer.alloc(1024));
        }, 20);
        request.on('response', (response) => {
          status = response.statusCode;
          response.resume();
        });
        request.on('error', () => undefined);
        request.on('close', () => {
          clearInterval(timer);
          resolve({ status, closedAfterMs: Date.now() - began, sent });
        });
        setTimeout(() => reject(new Error('still open')), 4500).unref();
      },
    );
    expect(answer.status).toBe(401);
    expect(answer.closedAfterMs).toBeLessThan(4000);
  });

  it('breaks the connection when half an answer has left', async () => {
    await expect(fetch(`${url}/half`).then((answer) => answer.text())).rejects.toThrow();
  });

  it('counts requests and their seconds by route, never by address', async () => {
    const before = await app.get(Metrics).render();
    const count = (text: string, line: string): number =>
      Number(
        text
          .split('\n')
          .find((known) => known.startsWith(`${line} `))
          ?.split(' ')
          .at(-1) ?? 0,
      );
    const grown = async (line: string): Promise<number> =>
      count(await app.get(Metrics).render(), line) - count(before, line);
    await Promise.all(['a', 'b', 'c'].map((how) => send('GET', `/fail/${how}`)));
    await send('GET', '/nowhere/at/all/bafybeigdyrzt');
    await send('GET', '/echo?n=1&bafybeigdyrzt');
    const gone = new AbortController();
    const left = fetch(`${url}/slow/300`, { signal: gone.signal }).catch(() => undefined);
    setTimeout(() => gone.abort(), 50);
    await left;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await grown('tidewater_http_requests_total{method="GET",route="/fail/:how",status="500"}')).toBe(3);
    expect(await grown('tidewater_http_requests_total{method="GET",route="none",status="404"}')).toBe(1);
    expect(await grown('tidewater_http_requests_total{method="GET",route="/echo",status="200"}')).toBe(1);
    expect(await grown('tidewater_http_requests_total{method="GET",route="/slow/:ms",status="499"}')).toBe(1);
    expect(await grown('tidewater_http_request_duration_seconds_count{method="GET",route="/fail/:how"}')).toBe(3);
    expect(await app.get(Metrics).render()).not.toContain('bafybeigdyrzt');
  });

  it('is open to pages of any origin', async () => {
    const preflight = await send('OPTIONS', '/json', {
      headers: {
        origin: 'https://a.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
    expect(
      (await send('GET', '/echo?n=1', { headers: { origin: 'https://a.example' } })).headers.get(
        'access-control-expose-headers',
      ),
    ).toContain('X-Request-Id');
  });
});

describe('HTTP on its way down', () => {
  it('lets a running request end, and cuts one that does not', async () => {
    const database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    @Module({ imports: [PlatformModule.forRoot({ process: 'api', config })], controllers: [SampleController] })
    class TestApp {}
    const app = await createHttpApp(TestApp);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const short = fetch(`${url}/slow/500`).then((answer) => answer.json());
    const endless = fetch(`${url}/slow/60000`).then(
      () => 'answered',
      () => 'cut',
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = Date.now();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string) =>
      new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        httpRequest(`${url}${path}`, { agent }, (answer) => {
          let body = '';
          answer
            .on('data', (data) => {
              body += String(data);
            })
            .on('end', () => resolve({ status: answer.statusCode, body }));
        })
          .on('error', reject)
          .end();
      });
    const running = ask('/slow/400');
    const late = ask('/echo?n=1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closing = app.close();
    expect((await running).status).toBe(200);
    // The connection was promised to nobody else: it is closed, or answers in our words.
    const refused = await late.catch(() => null);
    if (refused)
      expect({ status: refused.status, body: JSON.parse(refused.body) }).toMatchObject({
        status: 503,
        body: { error: { code: 503, reason: 'ERR_UNAVAILABLE' } },
      });
    expect(await short).toEqual({ slow: true });
    expect(await endless).toBe('cut');
    await closing;
    expect(Date.now() - began).toBeLessThan(2800);
    await database.drop();
  }, 10_000);
});
