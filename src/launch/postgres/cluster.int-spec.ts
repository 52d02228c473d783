import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
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

  it('says why it does not start', async () => {
    const one = cluster();
    await one.start();
    const rival = new PostgresCluster({ folder: join(home, 'rival'), port, password: 'secret' });
    await expect(rival.start()).rejects.toThrow(/could not bind|in use/);
  }, 60_000);
});
