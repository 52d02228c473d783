import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { layOldFolder, type OldFile, type OldFolder } from '../fixtures/old-folder/lay-old-folder.js';
import { until } from '../support/until.js';
import { dealsOf } from './support/deals.js';
import { Platform } from './support/platform.js';

let platform: Platform;
let old: OldFolder;

beforeAll(async () => {
  platform = await Platform.create();
  old = await layOldFolder(platform.dataDir);
  await platform.start(600_000);
}, 700_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

interface PinBody {
  requestid: string;
  status: string;
  created: string;
  pin: { cid: string; name: string };
}

const read = async (path: string): Promise<{ status: number; bytes: Buffer }> => {
  const answer = await platform.request('GET', `/ipfs/${path}`, { key: null });
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const isThere = async (file: OldFile): Promise<void> => {
  const { status, bytes } = await read(file.cid);
  expect({ name: file.name, status, size: bytes.length, sha256: sha256(bytes) }).toEqual({
    name: file.name,
    status: 200,
    size: file.size,
    sha256: file.sha256,
  });
};
const pinOf = (requestid: string) => platform.json<PinBody>('GET', `/pinning/pins/${requestid}`);

describe('a data folder of the last release', () => {
  it('is brought up to date once, and a second start finds nothing to do', async () => {
    expect(platform.output).toMatch(/Database: applied 0017_/);
    await platform.stop();
    await platform.start();
    expect(platform.output).not.toMatch(/Database: applied/);
  }, 120_000);

  it('gives every byte back that was stored', async () => {
    for (const file of old.files.filter(({ state }) => state === 'stored')) await isThere(file);
    await isThere(old.secondReference);
    await isThere(old.account.file);
    for (const { path, text } of old.directory.entries)
      expect((await read(`${old.directory.root}/${path}`)).bytes.toString()).toBe(text);
  }, 60_000);

  it('knows every content and its state, and that one was deleted', async () => {
    for (const file of [...old.files, { ...old.secondReference, state: 'stored' }])
      expect(await platform.json('GET', `/content/${file.id}`)).toMatchObject({ cid: file.cid, state: file.state });
    expect((await platform.request('GET', `/content/${old.deleted.id}`)).status).toBe(404);
  }, 30_000);

  it('knows every deal with its miner', async () => {
    for (const [id, deals] of Object.entries(old.deals)) {
      expect(deals.length).toBeGreaterThanOrEqual(6);
      const status = await platform.json<{ deals: { deal: { id: string; miner: string; state: string } }[] }>(
        'GET',
        `/content/status/${id}`,
      );
      const found = status.deals.map(({ deal }) => ({ id: String(deal.id), miner: deal.miner, state: deal.state }));
      for (const deal of deals) expect(found).toContainEqual({ ...deal, state: 'active' });
    }
  }, 30_000);

  it('brings back from a miner what was offloaded', async () => {
    const offloaded = old.files.filter(({ state }) => state === 'offloaded');
    expect(offloaded).toHaveLength(2);
    for (const file of offloaded) await isThere(file);
    // The other one's bytes still lie in a CAR that it shares.
    const large = offloaded.find(({ size }) => size > 1_000_000);
    const state = async () => (await platform.json<{ state: string }>('GET', `/content/${large?.id}`)).state;
    await until(async () => (await state()) === 'stored', { timeoutMs: 20_000, what: 'the content is hot again' });
  }, 60_000);

  it('knows every pin, under its name and time, and still looks for what nobody had', async () => {
    for (const { requestid, cid, name, created, status } of old.pins) {
      const found = await pinOf(requestid);
      expect(found).toMatchObject({ requestid, created, pin: { cid, name } });
      expect(status === 'pinned' ? ['pinned'] : ['queued', 'pinning']).toContain(found.status);
    }
    const list = await platform.json<{ count: number }>('GET', '/pinning/pins?status=queued,pinning,pinned,failed');
    expect(list.count).toBe(old.pins.length);
  }, 30_000);

  it('knows its accounts, keys and limits', async () => {
    const { token, bytesQuota, pinWeight, file } = old.account;
    const limits = await (await platform.request('GET', '/user/limits', { key: token })).json();
    expect(limits).toMatchObject({ limits: { bytesQuota, pinWeight }, usage: { bytes: file.size, contents: 1 } });
    const tooMuch = await platform.request('PUT', '/content/add', { key: token, body: randomBytes(30_000) });
    expect([tooMuch.status, await tooMuch.json()]).toMatchObject([403, { error: { reason: 'ERR_QUOTA_EXCEEDED' } }]);
    const camera = await platform.request('PUT', '/content/add', { key: old.uploadKey, body: randomBytes(1_000) });
    expect(camera.status).toBe(200);
  }, 30_000);

  it('goes on: uploads, pins and deletions work, and what is new gets its deals', async () => {
    const bytes = randomBytes(5_000);
    const fresh = await platform.upload(bytes, 'new.bin');
    expect((await read(fresh.cid)).bytes.equals(bytes)).toBe(true);

    const pin = await platform.json<PinBody>('POST', '/pinning/pins', { cid: old.directory.root, name: 'new pin' });
    await until(async () => (await pinOf(pin.requestid)).status === 'pinned', {
      timeoutMs: 20_000,
      what: 'it is pinned',
    });
    for (const { requestid } of old.pins)
      expect((await platform.request('DELETE', `/pinning/pins/${requestid}`)).status).toBe(202);

    // The bytes of the first reference stay for the second one.
    const [, tiny] = old.files;
    expect(await platform.json('DELETE', `/content/${tiny?.id}`)).toMatchObject({ freedBytes: 0 });
    await isThere(old.secondReference);

    await until(async () => (await dealsOf(platform, fresh.estuaryId)).activeMiners.size === 6, {
      timeoutMs: 90_000,
      intervalMs: 250,
      what: 'six distinct miners are active',
    });
  }, 150_000);
});
