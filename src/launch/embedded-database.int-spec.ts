import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { until } from '../../test/support/until.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { LogFile } from './log-file.js';
import { PortRegistry } from './port-registry.js';

describe('the embedded database', () => {
  const said: string[] = [];
  let folder: string;
  let log: LogFile;
  let database: EmbeddedDatabase;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidewater-embedded-'));
    chmodSync(folder, 0o711);
    log = new LogFile(join(folder, 'postgres.log'));
    const ports = new PortRegistry(join(folder, 'ports.json'));
    const timeouts = { everyMs: 100, longestMs: 500 };
    database = new EmbeddedDatabase(folder, ports, log, (line) => said.push(line), timeouts);
    url = (await database.start()).ownerUrl;
  }, 60_000);
  afterAll(async () => {
    await database.stop(5_000);
    log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const postmaster = () => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

  it('comes back when somebody told it to end and it hangs in that for ever', async () => {
    const client = await connect();
    await client.query('CREATE TABLE kept AS SELECT 7 AS n');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // A process of it that cannot follow: the shutdown waits for it.
    process.kill(rows[0]?.pid ?? 0, 'SIGSTOP');
    process.kill(postmaster(), 'SIGINT');

    await until(() => said.includes('PostgreSQL is back'), { timeoutMs: 30_000, what: 'PostgreSQL is back' });
    expect(said[0]).toBe('PostgreSQL was told to end and does not come to it; ending it now');
    const again = await connect();
    expect((await again.query('SELECT n FROM kept')).rows).toEqual([{ n: 7 }]);
    await again.end();
    await client.end().catch(() => undefined);
  }, 60_000);
});
