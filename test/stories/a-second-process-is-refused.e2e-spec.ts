import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The lock that the API keeps in the database (WriterSession), as it stands in pg_locks. */
const LOCK_OF_API = `
SELECT a.pid, ((l.classid::bigint << 32) | l.objid::bigint)::text AS key FROM pg_locks l JOIN pg_stat_activity a USING (pid)
JOIN processes p ON p.name LIKE '%/api'
WHERE l.locktype = 'advisory' AND a.application_name = 'tidewater-writer'
  AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('tidewater.writer.' || p.name, 0)`;

describe('a second process of a node', () => {
  let platform: Platform;
  let uploading = true;
  let uploads: Promise<void>;
  let refusals = 0;
  const acknowledged: { cid: string; bytes: Buffer }[] = [];

  beforeAll(async () => {
    platform = await Platform.create({ SEGMENT_MAX_AGE_SECONDS: '3600' });
    await platform.start(600_000);
    uploads = uploadOnAndOn();
    await until(() => acknowledged.length > 20, { what: 'uploads are stored' });
  }, 600_000);

  afterAll(async () => {
    uploading = false;
    await uploads;
    await platform.destroy();
  }, 60_000);

  async function uploadOnAndOn(): Promise<void> {
    while (uploading) {
      const bytes = randomBytes(2_000);
      // Only what was answered with 200 was promised.
      const answer = await platform.upload(bytes).catch(() => null);
      if (answer) acknowledged.push({ cid: answer.cid, bytes });
      else refusals += 1;
    }
  }

  /** With the environment of the one that runs, and what a case changes of it. */
  async function second(
    script: 'main.js' | 'worker.js',
    change: Record<string, string> = {},
  ): Promise<{ code: number | null; said: string }> {
    const pid = platform.pidOf(script === 'main.js' ? 'api' : 'worker');
    const env = Object.fromEntries(
      readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter((line) => line !== '' && !line.startsWith('NODE_CHANNEL'))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const child = spawn(process.execPath, [path.join(ROOT, 'dist', script)], {
      env: { ...env, ...change },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, said };
  }

  /** Sizes of the CAR files and of nothing else. */
  const sizes = (): number[] =>
    readdirSync(path.join(platform.dataDir, 'cars'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.car'))
      .map((name) => statSync(path.join(platform.dataDir, 'cars', name)).size);

  /** The newest are what a cut would take; the last case reads all. */
  async function isThere(known = acknowledged.slice(-100)): Promise<void> {
    for (const { cid, bytes } of known) {
      const answer = await platform.request('GET', `/ipfs/${cid}`, { key: null });
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    }
  }

  async function onDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const { postgres } = JSON.parse(readFileSync(path.join(platform.dataDir, 'ports.json'), 'utf8')) as {
      postgres: number;
    };
    const password = readFileSync(path.join(platform.dataDir, 'postgres.password'), 'utf8').trim();
    const client = new pg.Client(`postgresql://tidewater:${password}@127.0.0.1:${postgres}/tidewater`);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  it.each([
    ['with the same settings', 'main.js', {}],
    ['on another port', 'main.js', { PORT: '0' }],
    ['as the worker', 'worker.js', { WORKER_PORT: '0' }],
  ] as const)(
    '%s is refused with one sentence and has touched nothing, while the first takes uploads',
    async (_name, script, change) => {
      const before = sizes().reduce((sum, size) => sum + size, 0);
      const { code, said } = await second(script, change);
      expect(code).toBe(1);
      expect(said.trim().split('\n')).toHaveLength(1);
      expect(said).toContain(`already works on the data folder ${platform.dataDir}`);
      expect(sizes().reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(before);
      await isThere();
    },
    60_000,
  );

  it('is refused, too, while the first is stopped', async () => {
    const first = platform.pidOf('api') ?? 0;
    process.kill(first, 'SIGSTOP');
    try {
      const before = sizes();
      const { code, said } = await second('main.js', { PORT: '0' });
      expect([code, said]).toEqual([1, expect.stringContaining('already works on the data folder')]);
      expect(sizes()).toEqual(before);
    } finally {
      process.kill(first, 'SIGCONT');
    }
    await isThere();
  }, 60_000);

  it('is refused with a copy of the folder, as on another machine, by the database', async () => {
    const copy = mkdtempSync(path.join(tmpdir(), 'tidewater-copy-'));
    try {
      for (const name of ['node-id', 'cars'])
        cpSync(path.join(platform.dataDir, name), path.join(copy, name), { recursive: true });
      const { code, said } = await second('main.js', { PORT: '0', TIDEWATER_DATA: copy });
      expect([code, said]).toEqual([1, expect.stringMatching(/another process writes as \S+\/api in this database/)]);
      expect(said.trim().split('\n')).toHaveLength(1);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
    await isThere();
  }, 60_000);

  it('that has the lock in the database while the first was cut off stops its uploads and pins until it lets go', async () => {
    const pid = platform.pidOf('api');
    await onDatabase(async (client) => {
      const [lock] = (await client.query<{ pid: number; key: string }>(LOCK_OF_API)).rows;
      // One statement: the first has no time to take it again.
      await client.query('SELECT pg_terminate_backend($1), pg_advisory_lock($2)', [lock?.pid, lock?.key]);
      const refused = await until(
        async () => {
          const answer = await platform.request('PUT', '/content/add?filename=x', { body: randomBytes(100) });
          return answer.status === 503 ? answer : null;
        },
        { what: 'uploads are refused' },
      );
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const pin = await platform.request('POST', '/pinning/pins', {
        body: JSON.stringify({ cid: acknowledged[0]?.cid }),
        headers: { 'content-type': 'application/json' },
      });
      expect(pin.status).toBe(503);
      const earlier = refusals;
      await until(() => refusals > earlier, { what: 'the upload that was on its way is answered' });
      const count = acknowledged.length;
      await isThere();
      expect(acknowledged.length).toBe(count);
    });
    await platform.waitReady();
    const count = acknowledged.length;
    await until(() => acknowledged.length > count + 10, { what: 'uploads are stored again' });
    expect(platform.pidOf('api')).toBe(pid);
  }, 60_000);

  it('that took over ends the first, and its next start loses nothing', async () => {
    const pid = platform.pidOf('api');
    await onDatabase(async (client) => {
      const [lock] = (await client.query<{ pid: number; key: string }>(LOCK_OF_API)).rows;
      await client.query('SELECT pg_terminate_backend($1), pg_advisory_lock($2)', [lock?.pid, lock?.key]);
      await client.query("UPDATE processes SET epoch = epoch + 1 WHERE name LIKE '%/api'");
      await until(() => platform.pidOf('api') !== pid, { timeoutMs: 20_000, what: 'the first has ended' });
    });
    await platform.waitReady();
    expect(platform.output).toMatch(/another process took over \S+\/api/);
    await isThere(acknowledged);
  }, 90_000);
});
