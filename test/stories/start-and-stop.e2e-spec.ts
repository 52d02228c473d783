import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Platform } from './support/platform.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const created: Platform[] = [];

async function platformOf(env: Record<string, string> = {}): Promise<Platform> {
  const platform = await Platform.create(env);
  created.push(platform);
  return platform;
}

/** `npm start` that is expected to end by itself. */
async function startToEnd(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn('npm', ['start', '--silent'], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, output };
}

afterAll(async () => {
  for (const platform of created) await platform.destroy();
}, 60_000);

describe('npm start', () => {
  it('stops in order within ten seconds, and the next start takes up where it was', async () => {
    const platform = await platformOf();
    await platform.start(600_000);
    expect(statSync(path.join(platform.dataDir, 'admin.key')).mode & 0o777).toBe(0o600);
    const bytes = randomBytes(5000);
    const { cid } = await platform.upload(bytes);
    const key = platform.key;
    expect(await platform.stop()).toBeLessThan(10_000);
    await platform.start();
    expect(platform.key).toBe(key);
    const answer = await platform.request('GET', `/ipfs/${cid}`, { key: null });
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  }, 700_000);

  it('its processes are a plain role in the database, of which nobody is a superuser', async () => {
    const { dataDir } = created[0] as Platform;
    const { postgres } = JSON.parse(readFileSync(path.join(dataDir, 'ports.json'), 'utf8')) as { postgres: number };
    const password = readFileSync(path.join(dataDir, 'postgres.password'), 'utf8').trim();
    const client = new pg.Client(`postgresql://tidewater:${password}@127.0.0.1:${postgres}/tidewater`);
    await client.connect();
    const { rows } = await client.query(
      `SELECT DISTINCT r.rolname AS role, r.rolsuper AS super FROM pg_stat_activity a JOIN pg_roles r ON r.rolname = a.usename
       WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'`,
    );
    await client.end();
    expect(rows).toEqual([{ role: 'tidewater_app', super: false }]);
  }, 30_000);

  it('whoever opens the bare address in a browser gets the page, and the documentation beside it', async () => {
    for (const address of ['/', '/docs']) {
      const page = await (created[0] as Platform).request('GET', address, { key: null });
      expect([address, page.status, page.headers.get('content-type')]).toEqual([
        address,
        200,
        expect.stringContaining('text/html'),
      ]);
    }
  }, 30_000);

  it('a second start on the same data folder says so and ends; the first goes on', async () => {
    const platform = created[0] as Platform;
    const second = await startToEnd({ TIDEWATER_DATA: platform.dataDir, PORT: '0' });
    expect(second.code).not.toBe(0);
    expect(second.output).toContain(platform.dataDir);
    expect(second.output).toMatch(/already/i);
    expect(await platform.isReady()).toBe(true);
  }, 60_000);

  it('a busy port is named, with the way to change it', async () => {
    const squatter = createServer((_, response) => response.end());
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    const other = await platformOf();
    const ended = await startToEnd({ TIDEWATER_DATA: other.dataDir, PORT: String(port) });
    squatter.close();
    expect(ended.code).not.toBe(0);
    expect(ended.output).toContain(String(port));
    expect(ended.output).toContain('PORT');
  }, 60_000);

  it('two instances run side by side', async () => {
    const other = await platformOf();
    await other.start();
    expect(await (created[0] as Platform).isReady()).toBe(true);
    const { cid } = await other.upload(randomBytes(100));
    expect((await (created[0] as Platform).request('GET', `/ipfs/${cid}`, { key: null })).status).toBe(404);
  }, 120_000);
});
