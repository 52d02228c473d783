import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from './support/command.js';
import { Platform } from './support/platform.js';

interface Acknowledged {
  cid: string;
  estuaryId: string;
  bytes: Buffer;
}

let platform: Platform;
let restored: Platform;
const backup = mkdtempSync(path.join(tmpdir(), 'tidewater-story-backup-'));

beforeAll(async () => {
  // Small segments: sealing and compaction, which removes files, go on all the time.
  const env = { SEGMENT_MAX_AGE_SECONDS: '1' };
  platform = await Platform.create(env);
  restored = await Platform.create(env);
  await platform.start(600_000);
}, 600_000);

afterAll(async () => {
  await platform.destroy();
  await restored.destroy();
  rmSync(backup, { recursive: true, force: true });
}, 60_000);

describe('a backup of a running platform', () => {
  const acknowledged: Acknowledged[] = [];
  let going = true;

  /** Uploads and deletions until it is told to end, or there is enough to read back. */
  async function load(): Promise<void> {
    for (let n = 0; going && n < 40; n += 1) {
      const bytes = randomBytes(n % 9 === 8 ? 2_000_000 : 1_000 + n);
      const answer = await platform.upload(bytes);
      // Every third is deleted again: its bytes are what compaction and reclaiming take away.
      if (n % 3 === 2) await platform.json('DELETE', `/content/${answer.estuaryId}`);
      else acknowledged.push({ ...answer, bytes });
    }
  }

  it('is made and checked while uploads, deletions and sealing go on, and the second copies only what is new', async () => {
    // Sealed before the first one: the second finds it there.
    const bytes = randomBytes(3_000_000);
    acknowledged.push({ ...(await platform.upload(bytes)), bytes });
    const writers = [load(), load()];
    const first = await runCommand(platform, ['backup', backup]);
    expect(first).toMatchObject({ code: 0 });
    const before = acknowledged.length;
    const second = await runCommand(platform, ['backup', backup]);
    expect(second).toMatchObject({ code: 0 });
    going = false;
    await Promise.all(writers);
    acknowledged.length = before;
    const counts = /(\d+) CARs \((\d+) new/.exec(second.output);
    expect(Number(counts?.[2])).toBeLessThan(Number(counts?.[1]));
    expect(await runCommand(platform, ['backup:verify', backup])).toMatchObject({ code: 0 });
    expect(before).toBeGreaterThan(10);
  }, 400_000);

  it('is refused where a platform is, and restored where there is none', async () => {
    const refused = await runCommand(platform, ['restore', backup]);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('already runs');
    await platform.stop();
    expect(await runCommand(restored, ['restore', backup])).toMatchObject({ code: 0 });
    await restored.start();
  }, 240_000);

  it('gives every byte back that was acknowledged before it began, to whom it belongs', async () => {
    for (const { cid, estuaryId, bytes } of acknowledged) {
      const answer = await restored.request('GET', `/ipfs/${cid}`, { key: null });
      expect({ cid, status: answer.status }).toEqual({ cid, status: 200 });
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
      expect(await restored.json('GET', `/content/${estuaryId}`)).toMatchObject({ cid, state: 'stored' });
    }
    const fresh = await restored.upload(randomBytes(3_000));
    expect(acknowledged.map(({ estuaryId }) => estuaryId)).not.toContain(fresh.estuaryId);
  }, 120_000);
});
