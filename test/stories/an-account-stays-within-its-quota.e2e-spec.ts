import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MIB = 1024 * 1024;

let platform: Platform;
let key: string;

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
  key = (await platform.json<{ apiKey: { token: string } }>('POST', '/admin/users', { username: 'small' })).apiKey
    .token;
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

async function put(bytes: Uint8Array): Promise<{ status: number; body: { cid: string; error?: { reason: string } } }> {
  const answer = await platform.request('PUT', '/content/add', { key, body: bytes });
  return { status: answer.status, body: (await answer.json()) as { cid: string; error?: { reason: string } } };
}

describe('an account with a quota', () => {
  it('stores up to it, is refused beyond it by a name, and others are not touched', async () => {
    expect(await platform.json('PUT', '/admin/users/small/limits', { bytesQuota: 4 * MIB })).toMatchObject({
      limits: { bytesQuota: 4 * MIB },
      usage: { bytes: 0, contents: 0 },
    });
    expect((await put(randomBytes(3 * MIB))).status).toBe(200);
    expect(await put(randomBytes(2 * MIB))).toMatchObject({
      status: 403,
      body: { error: { reason: 'ERR_QUOTA_EXCEEDED' } },
    });
    const together = await Promise.all(Array.from({ length: 6 }, () => put(randomBytes(MIB / 2))));
    expect(together.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(await (await platform.request('GET', '/user/limits', { key })).json()).toMatchObject({
      usage: { bytes: 4 * MIB, contents: 3 },
    });
    await platform.upload(randomBytes(6 * MIB), 'the-admin-s.bin');
  }, 60_000);

  it('does not get a pin of what it has no room for', async () => {
    const { cid } = await platform.upload(randomBytes(2 * MIB), 'wanted.bin');
    const answer = await platform.request('POST', '/pinning/pins', {
      key,
      body: JSON.stringify({ cid }),
      headers: { 'content-type': 'application/json' },
    });
    if (answer.status === 409) {
      expect(await answer.json()).toMatchObject({ error: { reason: 'INSUFFICIENT_FUNDS' } });
      return;
    }
    const { requestid } = (await answer.json()) as { requestid: string };
    const status = async () =>
      (await (await platform.request('GET', `/pinning/pins/${requestid}`, { key })).json()) as {
        status: string;
        info: Record<string, string>;
      };
    await until(async () => (await status()).status === 'failed', {
      timeoutMs: 30_000,
      intervalMs: 100,
      what: 'the pin has failed',
    });
    expect(JSON.stringify((await status()).info)).toMatch(/quota|may store/i);
  }, 60_000);

  it('has room again when an operator says so on the command line', async () => {
    const told = execFileSync(
      'npm',
      ['run', '--silent', 'cli', '--', 'user:limits', 'small', '--bytes', '8MiB', '--weight', '3'],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TIDEWATER_DATA: platform.dataDir } },
    );
    expect(told).toContain(`${8 * MIB} bytes, any number of pins, pin weight 3`);
    await until(async () => (await put(randomBytes(MIB))).status === 200, {
      timeoutMs: 10_000,
      intervalMs: 100,
      what: 'the new quota is in force',
    });
  }, 60_000);
});
