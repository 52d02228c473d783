import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

interface ErrorBody {
  error: { code?: number; reason: string; details?: unknown };
}

let platform: Platform;

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

async function refusal(response: Response): Promise<{ status: number; error: ErrorBody['error'] }> {
  const body = (await response.json()) as ErrorBody;
  return { status: response.status, error: body.error };
}

async function newKey(query: string): Promise<string> {
  return (await platform.json<{ token: string }>('POST', `/user/api-keys?${query}`)).token;
}

describe('a key that does not fit', () => {
  it('no key, a foreign scheme and an unknown key are 401 with their own reasons', async () => {
    expect(await refusal(await platform.request('GET', '/content/list', { key: null }))).toMatchObject({
      status: 401,
      error: { code: 401, reason: 'ERR_AUTH_MISSING' },
    });
    const basic = await platform.request('GET', '/content/list', {
      key: null,
      headers: { authorization: 'Basic eDp5' },
    });
    expect(await refusal(basic)).toMatchObject({ status: 401, error: { reason: 'ERR_AUTH_MISSING_BEARER' } });
    const unknown = await platform.request('GET', '/content/list', {
      key: 'EST00000000-0000-4000-8000-000000000000ARY',
    });
    expect(await refusal(unknown)).toMatchObject({ status: 401, error: { reason: 'ERR_INVALID_TOKEN' } });
  });

  it('an upload-only key may upload and nothing else', async () => {
    const key = await newKey('perms=upload&label=camera');
    expect((await platform.request('PUT', '/content/add', { key, body: randomBytes(100) })).status).toBe(200);
    expect(await refusal(await platform.request('GET', '/content/list', { key }))).toMatchObject({
      status: 403,
      error: { reason: 'ERR_NOT_AUTHORIZED' },
    });
  });

  it('a revoked key is refused within a second', async () => {
    const key = await newKey('perms=all&label=lost');
    expect((await platform.request('GET', '/content/list', { key })).status).toBe(200);
    expect((await platform.request('DELETE', `/user/api-keys/${key}`)).status).toBeLessThan(300);
    await until(async () => (await platform.request('GET', '/content/list', { key })).status === 401, {
      timeoutMs: 1_000,
      intervalMs: 100,
      what: 'the revoked key is refused',
    });
  });

  it('an expired key says that it is expired', async () => {
    const key = await newKey('perms=all&expiry=1s');
    await until(async () => (await platform.request('GET', '/content/list', { key })).status === 401, {
      timeoutMs: 5_000,
      intervalMs: 100,
      what: 'the key has expired',
    });
    expect((await refusal(await platform.request('GET', '/content/list', { key }))).error.reason).toBe(
      'ERR_TOKEN_EXPIRED',
    );
  });

  it("another account's content looks as if it did not exist", async () => {
    const mine = await platform.upload(randomBytes(64));
    const {
      apiKey: { token },
    } = await platform.json<{ apiKey: { token: string } }>('POST', '/admin/users', { username: 'stranger' });
    const theirs = await refusal(await platform.request('GET', `/content/${mine.estuaryId}`, { key: token }));
    const nobodys = await refusal(await platform.request('GET', '/content/999999999', { key: token }));
    expect(theirs).toMatchObject({ status: 404, error: { reason: 'ERR_CONTENT_NOT_FOUND' } });
    expect(nobodys.status).toBe(404);
    expect(nobodys.error.reason).toBe(theirs.error.reason);
    for (const route of [`/content/status/${mine.estuaryId}`, `/content/${mine.estuaryId}/timeline`]) {
      expect((await platform.request('GET', route, { key: token })).status).toBe(404);
    }
    expect((await platform.request('DELETE', `/content/${mine.estuaryId}`, { key: token })).status).toBe(404);
    expect((await platform.request('GET', `/content/${mine.estuaryId}`)).status).toBe(200);
  });
});

describe('bytes that are not what they claim', () => {
  const car = async (body: Uint8Array) =>
    refusal(
      await platform.request('POST', '/content/add-car', {
        body,
        headers: { 'content-type': 'application/vnd.ipld.car' },
      }),
    );

  it('every malformed CAR is a 400 with a reason, and nothing of it is stored', async () => {
    const source = randomBytes(300_000);
    const { cid } = await platform.upload(source);
    const whole = new Uint8Array(
      await (await platform.request('GET', `/ipfs/${cid}?format=car`, { key: null })).arrayBuffer(),
    );
    const before = await contents();
    const flipped = whole.slice();
    flipped[flipped.length - 10] = (flipped[flipped.length - 10] as number) ^ 0xff;
    const cases: [string, Uint8Array][] = [
      ['empty', new Uint8Array()],
      ['noise', randomBytes(1000)],
      ['an absurd varint', new Uint8Array(20).fill(0xff)],
      ['truncated', whole.slice(0, whole.length - 100)],
      ['a wrong hash', flipped],
    ];
    for (const [name, bytes] of cases) {
      const refused = await car(bytes);
      expect({ name, status: refused.status }).toEqual({ name, status: 400 });
      expect(refused.error.reason).toMatch(/^ERR_/);
    }
    expect(JSON.stringify((await car(flipped)).error)).toMatch(/offset/i);
    expect(await contents()).toBe(before);
  });

  it('an upload that hangs up half-way leaves nothing', async () => {
    const before = await contents();
    await new Promise<void>((resolve) => {
      const upload = request(`${platform.url}/content/add?filename=half`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${platform.key}`,
          'content-type': 'application/octet-stream',
          'content-length': 8 * 1024 * 1024,
        },
      });
      upload.on('error', () => resolve());
      upload.write(randomBytes(4 * 1024 * 1024), () =>
        setTimeout(() => {
          upload.destroy();
          resolve();
        }, 200),
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await contents()).toBe(before);
    expect(await platform.isReady()).toBe(true);
  });

  it('an invalid CID is 400 at the gateway and at the pinning service, an unknown one 404', async () => {
    expect((await platform.request('GET', '/ipfs/not-a-cid', { key: null })).status).toBe(400);
    expect(
      (
        await platform.request('GET', '/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', {
          key: null,
        })
      ).status,
    ).toBe(404);
    const pin = await platform.request('POST', '/pinning/pins', {
      body: JSON.stringify({ cid: 'not-a-cid' }),
      headers: { 'content-type': 'application/json' },
    });
    const refused = await refusal(pin);
    expect(refused.status).toBe(400);
    expect(refused.error.code).toBeUndefined();
    expect(typeof refused.error.reason).toBe('string');
  });

  it('framework errors wear the same shape', async () => {
    expect((await refusal(await platform.request('GET', '/no/such/route'))).error).toMatchObject({
      code: 404,
      reason: expect.stringMatching(/^ERR_/),
    });
    const broken = await platform.request('POST', '/admin/users', {
      body: '{"username":',
      headers: { 'content-type': 'application/json' },
    });
    expect((await refusal(broken)).error).toMatchObject({ code: 400, reason: expect.stringMatching(/^ERR_/) });
    const pinning = await refusal(
      await platform.request('POST', '/pinning/pins', { body: '{', headers: { 'content-type': 'application/json' } }),
    );
    expect(pinning.status).toBe(400);
    expect(pinning.error.code).toBeUndefined();
  });
});

async function contents(): Promise<number> {
  const rows = await platform.json<unknown[]>('GET', '/content/contents?limit=1000');
  return rows.length;
}
