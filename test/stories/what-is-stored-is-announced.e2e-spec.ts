import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

interface Announcement {
  cid: string;
  state: string;
  routing: string[];
  failures: number;
}
interface Ipfs {
  node: { kind: string; addresses: string[]; routing: string[]; up: boolean } | null;
  announcements: Record<string, number>;
}

/** Two platforms in a DHT of their own; nobody tells one of them the other's address. */
let here: Platform;
let there: Platform;

beforeAll(async () => {
  const lan = { IPFS_ROUTING: 'lan', LIBP2P_DIAL_PRIVATE: '127.0.0.1' };
  there = await Platform.create(lan);
  await there.start(600_000);
  here = await Platform.create({ ...lan, LIBP2P_BOOTSTRAP: (await ipfs(there)).node?.addresses[0] ?? '' });
  await here.start();
}, 600_000);

afterAll(async () => {
  await here?.destroy();
  await there?.destroy();
}, 60_000);

async function ipfs(platform: Platform): Promise<Ipfs> {
  let found: Ipfs | null = null;
  await until(async () => (found = await platform.json<Ipfs>('GET', '/admin/ipfs')).node !== null, {
    timeoutMs: 20_000,
    intervalMs: 100,
    what: 'the node is on the board',
  });
  return found as unknown as Ipfs;
}

const announcement = async (cid: string): Promise<Announcement | undefined> =>
  (await here.json<{ announcements: Announcement[] }>('GET', `/admin/announcements?cid=${cid}`)).announcements[0];
const announced = (cid: string) =>
  until(async () => (await announcement(cid))?.state === 'announced', {
    timeoutMs: 30_000,
    intervalMs: 100,
    what: `${cid} is announced`,
  });

describe('what is stored', () => {
  it('is announced within seconds, and another platform finds it by its CID alone', async () => {
    const { cid } = await here.upload(randomBytes(2_000_000));
    await announced(cid);
    expect(await announcement(cid)).toMatchObject({ routing: ['dht'], failures: 0 });
    const { requestid } = await there.json<{ requestid: string }>('POST', '/pinning/pins', { cid });
    await until(
      async () => (await there.json<{ status: string }>('GET', `/pinning/pins/${requestid}`)).status === 'pinned',
      { timeoutMs: 60_000, intervalMs: 100, what: 'it is pinned there' },
    );
  }, 120_000);

  it('is withdrawn when it is deleted, also while the worker lies dead, and what came meanwhile is announced', async () => {
    const gone = await here.upload(randomBytes(1_000));
    const kept = await here.upload(randomBytes(1_000));
    await announced(gone.cid);
    await announced(kept.cid);
    here.kill('worker');
    await here.json('DELETE', `/content/${gone.estuaryId}`);
    const late = await here.upload(randomBytes(1_000));
    await announced(late.cid);
    await until(async () => (await announcement(gone.cid)) === undefined, {
      timeoutMs: 30_000,
      intervalMs: 100,
      what: 'the deleted root is withdrawn',
    });
    expect((await announcement(kept.cid))?.state).toBe('announced');
  }, 120_000);

  it('is in the book once after a restart, and still announced', async () => {
    const before = (await ipfs(here)).announcements;
    await here.stop();
    await here.start();
    expect((await ipfs(here)).announcements).toEqual(before);
    expect(before).toEqual({ pending: 0, held: 0, announced: 3, withdrawing: 0, failing: 0 });
  }, 120_000);
});
