import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Body, Controller, Get, Module, Post, Put, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/index.js';
import { createHttpApp, Public, RawBody } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { until } from '../../../test/support/until.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule, RequireScope } from '../index.js';
import { hashToken, newToken } from '../domain/api-key.js';
import { AccountStore } from '../ports/account-store.port.js';

jest.setTimeout(20_000);

@Controller('things')
class ThingsController {
  bodies = 0;
  readonly waiting: IncomingMessage[] = [];
  readonly gate = Promise.withResolvers<void>();

  @Post()
  json(@Body() body: unknown): object {
    this.bodies += 1;
    return { got: body };
  }

  @Post('admin')
  @RequireScope('admin')
  forAdmins(): object {
    return {};
  }

  @Put()
  @RawBody()
  async raw(@Req() request: FastifyRequest): Promise<object> {
    let size = 0;
    for await (const part of request.raw) size += (part as Buffer).length;
    return { size };
  }

  /** Reads nothing of the body until it may. */
  @Put('later')
  @RawBody()
  async later(@Req() request: FastifyRequest): Promise<object> {
    this.waiting.push(request.raw);
    await this.gate.promise;
    return this.raw(request);
  }

  @Get('open')
  @Public()
  open(): object {
    return { open: true };
  }
}

setFlagsFromString('--expose-gc');
/** A full garbage collection: what is measured afterwards is held. */
const collect = runInNewContext('gc') as () => void;

/** A client that says what it likes. */
class Wire {
  text = '';
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data) => {
      this.text += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async to(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return new Wire(socket);
  }

  async says(pattern: RegExp, timeoutMs = 10_000): Promise<void> {
    await until(() => pattern.test(this.text), {
      timeoutMs,
      intervalMs: 10,
      what: `${pattern}, not only ${this.text}`,
    });
  }

  async ends(timeoutMs = 5_000): Promise<void> {
    await until(() => this.closed, { timeoutMs, intervalMs: 10, what: 'the connection is closed' });
  }
}

describe('what strangers send', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let port: number;
  let key: string;
  const wires: Wire[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      REQUEST_IDLE_SECONDS: '1',
      CONNECTIONS_PER_ADDRESS: '150',
    });
    @Module({
      imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule],
      controllers: [ThingsController],
    })
    class TestApp {}
    app = await createHttpApp(TestApp);
    await app.listen(0, '127.0.0.1');
    port = Number(new URL(await app.getUrl()).port);
    const store = app.get(AccountStore);
    const ann = await store.addUser('ann', 'user');
    key = newToken();
    await store.addKey({ userId: ann.id, tokenHash: hashToken(key), label: '', scope: 'user', expiresAt: null });
  });
  afterAll(async () => {
    for (const { socket } of wires) socket.destroy();
    await app.close();
    await database.drop();
  });

  async function wire(): Promise<Wire> {
    const made = await Wire.to(port);
    wires.push(made);
    return made;
  }
  const head = (line: string, headers: Record<string, string>): string =>
    [
      `${line} HTTP/1.1`,
      'host: x',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      '',
    ].join('\r\n');
  const large = { 'content-type': 'application/json', 'content-length': '2000000' };

  it('is refused by its head: not a byte of the body has to come, and the connection is closed', async () => {
    const lines: [string, Record<string, string>, string][] = [
      ['POST /things', large, '401'],
      ['POST /things', { ...large, authorization: `Bearer ${newToken()}` }, '401'],
      ['PUT /things', { 'transfer-encoding': 'chunked' }, '401'],
      ['POST /nowhere', large, '404'],
      ['POST /things/admin', { ...large, authorization: `Bearer ${key}` }, '403'],
    ];
    for (const [line, headers, status] of lines) {
      const client = await wire();
      client.socket.write(head(line, headers));
      await client.says(new RegExp(`^HTTP/1.1 ${status} [^]*"reason"`));
      expect(client.text).toMatch(/connection: close/i);
      await client.ends();
    }
  });

  it('costs next to nothing, however many send a byte at a time for as long as they can', async () => {
    const seen = app.get(ThingsController).bodies;
    globalThis.gc?.();
    const before = process.memoryUsage();
    const clients = await Promise.all(Array.from({ length: 100 }, () => wire()));
    for (const { socket } of clients) {
      socket.write(head('POST /things', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }));
      for (let n = 0; n < 20; n++) socket.write('1\r\n[\r\n'.repeat(1_000));
    }
    await Promise.all(clients.map((client) => client.says(/^HTTP\/1.1 401/)));
    await Promise.all(clients.map((client) => client.ends()));
    const after = process.memoryUsage();
    expect(app.get(ThingsController).bodies).toBe(seen);
    // Both ends are in this process; parsed, these 2,000,000 parts would be some 300 MiB.
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(128 * 1024 * 1024);
  });

  it('is refused in a way that pages of other origins can read, and asked about without a key', async () => {
    const origin = 'https://a.example';
    const refused = await app.inject({ method: 'POST', url: '/things', headers: { origin } });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([401, '*']);
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/things',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
  });

  it('is asked for with 100 Continue only when it is welcome', async () => {
    const [stranger, friend] = [await wire(), await wire()];
    const expecting = { 'content-type': 'application/json', 'content-length': '2', expect: '100-continue' };
    stranger.socket.write(head('POST /things', expecting));
    await stranger.says(/^HTTP\/1.1 401/);
    expect(stranger.text).not.toContain('100 Continue');
    friend.socket.write(head('POST /things', { ...expecting, authorization: `Bearer ${key}` }));
    await friend.says(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    friend.socket.write('{}');
    await friend.says(/HTTP\/1.1 201[^]*"got":{}/);
  });

  it('is read from who has a key, in whatever parts it comes', async () => {
    const client = await wire();
    client.socket.write(
      head('POST /things', {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
      }),
    );
    const text = JSON.stringify({ long: 'ü'.repeat(5_000) });
    for (const byte of Buffer.from(text))
      client.socket.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')]));
    client.socket.write('0\r\n\r\n');
    await client.says(/"got":/);
    expect(Buffer.from(client.text, 'latin1').toString()).toContain('ü'.repeat(5_000));
  });

  it('takes no memory before anybody reads it, in parts of a byte from everybody at once, and is read as it was', async () => {
    const { waiting, gate } = app.get(ThingsController);
    collect();
    const before = process.memoryUsage();
    const parts = 20_000;
    const clients = await Promise.all(Array.from({ length: 50 }, () => wire()));
    for (const { socket } of clients) {
      socket.write(head('PUT /things/later', { authorization: `Bearer ${key}`, 'transfer-encoding': 'chunked' }));
      socket.write('1\r\nx\r\n'.repeat(parts));
      socket.write('0\r\n\r\n');
    }
    await until(() => waiting.length === 50 && waiting.every(({ complete }) => complete), {
      timeoutMs: 15_000,
      what: 'everything has come',
    });
    collect();
    const after = process.memoryUsage();
    // As objects of their own, these 1,000,000 parts were 190 MiB of the heap, and 450 of the process.
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(96 * 1024 * 1024);
    gate.resolve();
    await Promise.all(clients.map((client) => client.says(/"size":20000/)));
    for (const { socket } of clients) socket.destroy();
  });

  it('is given up when its body stops coming, or trickles', async () => {
    const [silent, slow] = [await wire(), await wire()];
    const authorization = `Bearer ${key}`;
    silent.socket.write(head('PUT /things', { authorization, 'content-length': '1000000' }));
    slow.socket.write(head('PUT /things', { authorization, 'content-length': '1000000' }));
    const trickle = setInterval(() => slow.socket.write('x'), 50);
    try {
      await Promise.all([silent, slow].map((client) => client.says(/^HTTP\/1.1 408 [^]*ERR_REQUEST_TIMEOUT/)));
    } finally {
      clearInterval(trickle);
    }
    await Promise.all([silent, slow].map((client) => client.ends()));
  });

  it('is not given up while it comes fast enough', async () => {
    const client = await wire();
    client.socket.write(head('PUT /things', { authorization: `Bearer ${key}`, 'content-length': '400000' }));
    for (let n = 0; n < 40; n++) {
      client.socket.write(Buffer.alloc(10_000));
      await sleep(50);
    }
    await client.says(/"size":400000/);
  });

  it('has to have its head complete in time', async () => {
    const server = app.getHttpServer() as { headersTimeout: number };
    server.headersTimeout = 500;
    const client = await wire();
    client.socket.write('GET /things/open HTTP/1.1\r\nhost: ');
    await client.says(/^HTTP\/1.1 408/);
    await client.ends();
    server.headersTimeout = 15_000;
  });

  it('comes over so many connections of one address, and no more', async () => {
    await until(
      () =>
        wires.every(({ closed }) => closed) || wires.splice(0).forEach(({ socket }) => socket.destroy()) === undefined,
      {
        what: 'all are gone',
      },
    );
    await sleep(100);
    const clients = await Promise.all(Array.from({ length: 160 }, () => wire()));
    await until(() => clients.filter(({ text }) => text.startsWith('HTTP/1.1 429')).length === 10, {
      what: 'ten connections are refused',
    });
    expect(clients.find(({ text }) => text !== '')?.text).toMatch(/Retry-After: 1\r\n[^]*ERR_TOO_MANY_REQUESTS/);
    for (const { socket } of clients) socket.destroy();
    await until(async () => (await fetch(`http://127.0.0.1:${port}/things/open`).catch(() => null))?.status === 200, {
      what: 'there is room again',
    });
  });
});
