import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig } from '../../config/index.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { createHttpApp } from '../http/index.js';
import { PlatformModule } from '../platform.module.js';
import { HealthChecks, Heartbeat, HealthHttpModule, HealthWorkerModule } from './index.js';

describe('readiness', () => {
  let database: TestDatabase;
  let config: AppConfig;
  let folder: string;
  let api: NestFastifyApplication;
  let worker: INestApplicationContext | undefined;

  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'tidewater-health-'));
    await writeFile(path.join(folder, 'node-id'), 'here\n');
    config = AppConfig.parse({
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      WORKER_PORT: '0',
      TIDEWATER_DATA: folder,
    });
    @Module({ imports: [PlatformModule.forRoot({ process: 'api', config }), HealthHttpModule] })
    class TestApi {}
    api = await createHttpApp(TestApi);
    await api.init();
  });
  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await database.query("DELETE FROM processes WHERE name = 'here/worker'");
  });
  afterAll(async () => {
    await api.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function startWorker(): Promise<INestApplicationContext> {
    @Module({ imports: [PlatformModule.forRoot({ process: 'worker', config }), HealthWorkerModule] })
    class TestWorker {}
    worker = await NestFactory.createApplicationContext(TestWorker, { logger: false, abortOnError: false });
    return worker;
  }

  async function ready(): Promise<{ status: number; down: { name: string; detail: string }[] }> {
    const answer = await api.inject({ url: '/ready' });
    return { status: answer.statusCode, down: answer.json<{ down: { name: string; detail: string }[] }>().down };
  }

  const untilReady = (status: number) =>
    until(async () => (await ready()).status === status, { what: `/ready answers ${status}` });
  const untilDown = (detail: string) =>
    until(async () => (await ready()).down[0]?.detail === detail, { what: `/ready says ${detail}` });
  const plant = (details: object, age: string, pid = process.pid) =>
    database.query(
      `INSERT INTO processes (name, pid, details, started_at, beat_at) VALUES ('here/worker', $1, $2, now(), now() - interval '${age}')`,
      [pid, JSON.stringify(details)],
    );

  it('does not come from the worker of another node that shares the database', async () => {
    await database.query(
      "INSERT INTO processes (name, pid, details, started_at, beat_at) VALUES ('there/worker', $1, $2, now(), now())",
      [process.pid, JSON.stringify({ host: hostname(), ready: true, down: [] })],
    );
    expect(await ready()).toEqual({ status: 503, down: [{ name: 'worker', detail: 'no living worker' }] });
    await database.query("DELETE FROM processes WHERE name = 'there/worker'");
  });

  it('is refused, by name, while no worker lives', async () => {
    expect(await ready()).toEqual({ status: 503, down: [{ name: 'worker', detail: 'no living worker' }] });
    expect((await api.inject({ url: '/health' })).statusCode).toBe(200);
    expect((await api.inject({ url: '/ready' })).headers['retry-after']).toBe('2');
  });

  it('is refused while the database answers and takes no writes', async () => {
    await startWorker();
    await untilReady(200);
    const name = new URL(database.url).pathname.slice(1);
    const cut =
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
    await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await database.query(cut);
    await until(async () => (await ready()).down.some((part) => part.name === 'database'));
    await database.query(`BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`);
    await database.query(cut);
    await untilReady(200);
  });

  it('comes with the worker and goes with it', async () => {
    await startWorker();
    await untilReady(200);
    await worker?.close();
    worker = undefined;
    expect(await ready()).toMatchObject({ status: 503, down: [{ name: 'worker', detail: 'process: shutting down' }] });
  });

  it('says what is down in the worker, and recovers with it', async () => {
    let broken = true;
    (await startWorker()).get(HealthChecks).register('chain', async () => {
      if (broken) throw new Error('connection refused');
    });
    await untilDown('chain: connection refused');
    broken = false;
    await untilReady(200);
  });

  it('does not trust a heartbeat that stopped, nor one of a process that is gone', async () => {
    await plant({ ready: true, host: hostname() }, '11 s');
    expect((await ready()).down[0]?.detail).toMatch(/no heartbeat for 11 s/);
    await database.query("DELETE FROM processes WHERE name = 'here/worker'");
    await plant({ ready: true, host: hostname() }, '0 s', 4_194_304);
    expect((await ready()).down[0]?.detail).toBe('no living worker');
  });

  it('on another machine trusts only what was said after we started', async () => {
    await plant({ ready: true, host: 'elsewhere' }, '9 s');
    expect((await ready()).status).toBe(503);
    await database.query("UPDATE processes SET beat_at = now() WHERE name = 'here/worker'");
    expect((await ready()).status).toBe(200);
  });

  it('leaves what a process says of itself in its record', async () => {
    (await startWorker()).get(Heartbeat).describe('peerId', '12D3KooW');
    await untilReady(200);
    const end = Date.now() + 4000;
    const details = async () =>
      (
        await database.query<{ details: { peerId?: string; port?: number } }>(
          "SELECT details FROM processes WHERE name = 'here/worker'",
        )
      )[0]?.details;
    while ((await details())?.peerId === undefined && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await details()).toMatchObject({ peerId: '12D3KooW', ready: true, port: expect.any(Number) });
    const answer = await fetch(`http://127.0.0.1:${(await details())?.port}/ready`);
    expect(answer.status).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${(await details())?.port}/metrics`)).text()).toContain(
      'process_cpu_seconds_total',
    );
  });
});
