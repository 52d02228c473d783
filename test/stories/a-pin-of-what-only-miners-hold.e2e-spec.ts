import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dealsOf } from './support/deals.js';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

interface PinStatus {
  requestid: string;
  status: string;
  info: Record<string, unknown>;
}
interface RetrievalLine {
  cid: string;
  state: string;
  source: string | null;
  miner: string | null;
  bytes: number;
}

let platform: Platform;
let pinner: string;

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
  pinner = (await platform.json<{ apiKey: { token: string } }>('POST', '/admin/users', { username: 'pinner' })).apiKey
    .token;
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

/** Uploaded, at six miners, and gone from this node. */
async function offloaded(bytes: Uint8Array): Promise<{ cid: string; estuaryId: string }> {
  const upload = await platform.upload(bytes, 'cold.bin');
  await until(async () => (await dealsOf(platform, upload.estuaryId)).activeMiners.size === 6, {
    timeoutMs: 120_000,
    intervalMs: 100,
    what: 'six distinct miners are active',
  });
  await platform.json('POST', `/admin/cm/offload/${upload.estuaryId}?execute=true`);
  expect(await platform.json('GET', `/content/${upload.estuaryId}`)).toMatchObject({ state: 'offloaded' });
  return upload;
}

async function asPinner<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await platform.request(method, path, {
    key: pinner,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as T;
}

describe('another account pins what only miners hold', () => {
  it('and gets it from a miner, as nobody else in the network has it', async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 11);
    const { cid, estuaryId } = await offloaded(bytes);

    const accepted = await asPinner<PinStatus>('POST', '/pinning/pins', { cid, name: 'from the cold' });
    expect(['queued', 'pinning', 'pinned']).toContain(accepted.status);
    const status = async (): Promise<PinStatus> => asPinner('GET', `/pinning/pins/${accepted.requestid}`);
    await until(async () => (await status()).status === 'pinned', {
      timeoutMs: 60_000,
      intervalMs: 100,
      what: 'the pin is pinned',
    });

    const retrievals = (await platform.json<RetrievalLine[]>('GET', '/retrievals')).filter((row) => row.cid === cid);
    expect(retrievals).toEqual([expect.objectContaining({ state: 'stored', miner: expect.stringMatching(/^[ft]0/) })]);
    const answer = await platform.request('GET', `/ipfs/${cid}`, { key: null });
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(await platform.json('GET', `/content/${estuaryId}`)).toMatchObject({ state: 'stored' });
    expect(await asPinner<{ content: { cid: string; size: number } }[]>('GET', `/content/by-cid/${cid}`)).toEqual([
      { content: expect.objectContaining({ cid, size: bytes.length }) },
    ]);
  }, 240_000);
});
