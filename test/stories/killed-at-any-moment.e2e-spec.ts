import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dealsOf } from './support/deals.js';
import { until } from '../support/until.js';
import { Platform, type Part } from './support/platform.js';

const KILLS = Number(process.env['TIDEWATER_STORY_KILLS'] ?? 20);
const SEED = process.env['TIDEWATER_STORY_SEED'] ?? randomBytes(4).toString('hex');

interface Acknowledged {
  cid: string;
  estuaryId: string;
  bytes: Buffer;
}

/** Numbers that a failed run can be repeated with. */
function seeded(step: number, name: string): number {
  return createHash('sha256').update(`${SEED}/${step}/${name}`).digest().readUInt32BE() / 2 ** 32;
}

let platform: Platform;
const acknowledged: Acknowledged[] = [];

beforeAll(async () => {
  process.stdout.write(`kill story: seed ${SEED}, ${KILLS} kills\n`);
  platform = await Platform.create();
  await platform.start(600_000);
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

async function uploadQuietly(size: number): Promise<void> {
  const bytes = randomBytes(size);
  // A refused or broken upload promised nothing; only what was answered with 200 counts.
  const answer = await platform.upload(bytes).catch(() => null);
  if (answer) acknowledged.push({ ...answer, bytes });
}

async function readBack(cid: string): Promise<Buffer | null> {
  const answer = await platform.request('GET', `/ipfs/${cid}`, { key: null });
  return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : null;
}

describe('kill -9 of any process at any moment', () => {
  it(`loses nothing that was acknowledged and doubles no deal over ${KILLS} kills`, async () => {
    const parts: Part[] = ['api', 'worker', 'devnet', 'postgres', 'launcher'];
    for (let step = 0; step < KILLS; step += 1) {
      const part = parts[Math.floor(seeded(step, 'part') * parts.length)] as Part;
      const uploads = [1_000, 60_000, 3_000_000].map((size, at) =>
        uploadQuietly(size + Math.floor(seeded(step, `size${at}`) * 1000)),
      );
      const offload = acknowledged[Math.floor(seeded(step, 'offload') * acknowledged.length)];
      // Refused while its deals are not active yet: that is fine too. What was offloaded comes back with the reads
      // below.
      if (offload)
        uploads.push(
          platform.json('POST', `/admin/cm/offload/${offload.estuaryId}`).then(
            () => undefined,
            () => undefined,
          ),
        );
      if (offload)
        uploads.push(
          readBack(offload.cid).then(
            () => undefined,
            () => undefined,
          ),
        );
      await sleep(seeded(step, 'moment') * 4_000);
      platform.kill(part);
      await Promise.all(uploads);
      try {
        if (part === 'launcher') {
          await platform.waitGone();
          await platform.start();
        } else {
          await platform.waitReady();
        }
      } catch (error) {
        throw new Error(`seed ${SEED}, kill ${step + 1}, of the ${part}: ${(error as Error).message}`);
      }
    }
    expect(acknowledged.length).toBeGreaterThan(KILLS);

    for (const { cid, bytes } of acknowledged) {
      let back: Buffer | null = null;
      await until(async () => (back = await readBack(cid).catch(() => null)) !== null, {
        timeoutMs: 60_000,
        intervalMs: 100,
        what: `${cid} can be read`,
      });
      expect((back as unknown as Buffer).equals(bytes)).toBe(true);
    }
    for (const { estuaryId } of acknowledged) {
      await until(async () => (await dealsOf(platform, estuaryId)).activeMiners.size === 6, {
        timeoutMs: 180_000,
        intervalMs: 100,
        what: `content ${estuaryId} has six active deals`,
      });
      const deals = await dealsOf(platform, estuaryId);
      expect(deals.live).toBe(6);
      expect(Math.max(...deals.perMiner.values())).toBe(1);
    }
  }, 1_500_000);
});
