import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { until } from '../../../test/support/until.js';
import { freePort } from '../free-port.js';
import { findProcess } from '../process-identity.js';
import { PostgresCluster } from './cluster.js';

describe('an embedded PostgreSQL', () => {
  let home: string;
  let port: number;
  let running: PostgresCluster[] = [];

  const cluster = (): PostgresCluster => {
    const one = new PostgresCluster({ folder: join(home, 'postgres'), port, password: 'secret' });
    running.push(one);
    return one;
  };
  const ask = async (url: string, sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tidewater-cluster-'));
    port = await freePort();
    const { chmodSync } = await import('node:fs');
    chmodSync(home, 0o711);
  });

  afterEach(async () => {
    for (const one of running) await one.stop();
    running = [];
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('keeps what was committed over a stop and a start', async () => {
    const first = cluster();
    await first.start();
    await ask(first.url('postgres'), 'CREATE TABLE word AS SELECT 42 AS n');
    await first.stop();
    const second = cluster();
    await second.start();
    expect(await ask(second.url('postgres'), 'SELECT n FROM word')).toEqual([{ n: 42 }]);
  }, 60_000);

  it('is durable unless told otherwise, and sorts by bytes in UTF-8', async () => {
    const one = cluster();
    await one.start();
    expect(
      await ask(
        one.url('postgres'),
        `
      SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
             current_setting('server_encoding') AS encoding, 'a' > 'Z' AS bytes`,
      ),
    ).toEqual([{ fsync: 'on', commit: 'on', encoding: 'UTF8', bytes: true }]);
  }, 60_000);

  it('lets nobody in without the password', async () => {
    const one = cluster();
    await one.start();
    await expect(ask(one.url('postgres').replace('secret', 'guess'), 'SELECT 1')).rejects.toThrow(/password/);
  }, 60_000);

  it('takes over from one whose launcher was killed', async () => {
    const forgotten = cluster();
    await forgotten.start();
    const { pid = 0 } = forgotten;
    running = [];
    const next = cluster();
    await next.start();
    expect(findProcess(pid)).toBeNull();
    expect(await ask(next.url('postgres'), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  }, 60_000);

  it.each(['a zombie', 'a stranger'])(
    'starts though the number in postmaster.pid belongs to %s now',
    async (who) => {
      const killed = cluster();
      await killed.start();
      await ask(killed.url('postgres'), 'CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n');
      const lines = readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8')
        .split('\n')
        .slice(1);
      const gone = new Promise<void>((resolve) => killed.onUnexpectedEnd(() => resolve()));
      process.kill(killed.pid ?? 0, 'SIGKILL');
      await gone;
      // The shell becomes a program that waits for nobody: its child stays a zombie for as long.
      const { uid, gid } = statSync(join(home, 'postgres'));
      const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 600'], {
        uid,
        gid,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const zombie = Number(String(await once(parent.stdout as NodeJS.ReadableStream, 'data')));
        await until(() => findProcess(zombie) === null, { what: 'its child is a zombie' });
        const pid = who === 'a zombie' ? zombie : parent.pid;
        writeFileSync(join(home, 'postgres', 'postmaster.pid'), [pid, ...lines].join('\n'));
        const next = cluster();
        await next.start();
        expect(await ask(next.url('postgres'), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
      } finally {
        parent.kill('SIGKILL');
      }
    },
    60_000,
  );

  it('does not start beside one that lives, wherever that is', async () => {
    const holder = spawn(process.execPath, ['test/support/hold-lock.mjs', join(home, 'postgres.lock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout as NodeJS.ReadableStream, 'data');
    const next = cluster();
    const starting = next.start();
    await next.stop();
    await expect(starting).rejects.toThrow(/Another PostgreSQL still runs/);
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
  }, 60_000);

  it('says why it does not start', async () => {
    const one = cluster();
    await one.start();
    const rival = new PostgresCluster({ folder: join(home, 'rival'), port, password: 'secret' });
    await expect(rival.start()).rejects.toThrow(/could not bind|in use/);
  }, 60_000);
});
