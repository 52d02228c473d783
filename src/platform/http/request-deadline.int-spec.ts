import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post, Put, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { PlatformModule } from '../platform.module.js';
import { deadlineOf } from '../prisma/statement-deadline.js';
import { createHttpApp } from './index.js';

/** Says how long a statement may take that a handler asks. */
@Controller()
class DeadlineController {
  @Get('read')
  read(): object {
    return { deadlineMs: deadlineOf(null) };
  }

  @Post('json')
  json(@Body() body: unknown): object {
    return { deadlineMs: deadlineOf(null), body };
  }

  @Put('content/add')
  async upload(@Req() request: FastifyRequest): Promise<object> {
    let bytes = 0;
    for await (const part of request.raw) bytes += (part as Buffer).length;
    return { deadlineMs: deadlineOf(null), bytes };
  }
}

let database: TestDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await testDatabase();
  const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
  @Module({ imports: [PlatformModule.forRoot({ process: 'api', config })], controllers: [DeadlineController] })
  class TestApp {}
  app = await createHttpApp(TestApp);
  await app.listen(0, '127.0.0.1');
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

it('every statement of a request has its deadline, behind a body of JSON and behind a streamed one as well', async () => {
  const ask = async (method: string, route: string, body?: string, type = 'application/json'): Promise<unknown> => {
    const sent = body === undefined ? {} : { body, headers: { 'content-type': type } };
    return (await fetch((await app.getUrl()) + route, { method, ...sent })).json();
  };
  expect(await ask('GET', '/read')).toEqual({ deadlineMs: 12_000 });
  expect(await ask('POST', '/json', '{"a":1}')).toEqual({ deadlineMs: 12_000, body: { a: 1 } });
  const long = 'x'.repeat(3_000_000);
  expect(await ask('PUT', '/content/add', long, 'application/octet-stream')).toEqual({
    deadlineMs: 12_000,
    bytes: 3_000_000,
  });
  expect(deadlineOf(null)).toBeNull();
});
