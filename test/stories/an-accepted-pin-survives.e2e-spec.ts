import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create } from 'multiformats/hashes/digest';
import { Platform, type Part } from './support/platform.js';

interface PinStatus {
  requestid: string;
}
interface PinResults {
  count: number;
  results: PinStatus[];
}

const CLIENTS = 8;
const PAGE = 50;

let platform: Platform;

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

const nobodyHas = () =>
  CID.createV1(raw.code, create(0x12, createHash('sha256').update(randomBytes(16)).digest())).toString();

/** Asks for pins from several clients, until told to stop; says which were accepted, and takes note of no others. */
class Asking {
  readonly accepted: string[] = [];
  private stopped = false;
  private readonly clients: Promise<void>[];

  constructor(private readonly name: string) {
    this.clients = Array.from({ length: CLIENTS }, () => this.ask());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }

  private async ask(): Promise<void> {
    while (!this.stopped) {
      const body = JSON.stringify({ cid: nobodyHas(), name: this.name });
      const answer = await platform
        .request('POST', '/pinning/pins', { body, headers: { 'content-type': 'application/json' } })
        .catch(() => null);
      const status = (await answer?.json().catch(() => null)) as PinStatus | null | undefined;
      if (answer?.status === 202 && status) this.accepted.push(status.requestid);
      else await sleep(50);
    }
  }
}

async function found(requestIds: string[]): Promise<number> {
  let count = 0;
  for (let at = 0; at < requestIds.length; at += PAGE) {
    const page = await platform.json<PinResults>(
      'GET',
      `/pinning/pins?limit=${PAGE}&requestid=${requestIds.slice(at, at + PAGE).join(',')}`,
    );
    count += page.results.length;
  }
  return count;
}

describe('a pin that was answered with 202', () => {
  it.each<Part>(['api', 'postgres', 'worker'])(
    'is there after kill -9 of %s, once',
    async (part) => {
      const asking = new Asking(`through the death of ${part}`);
      await sleep(1_500);
      const before = asking.accepted.length;
      expect(platform.kill(part)).toBe(true);
      await sleep(5_000);
      await platform.waitReady();
      await sleep(1_000);
      await asking.stop();

      expect(before).toBeGreaterThan(0);
      expect(asking.accepted.length).toBeGreaterThan(before);
      expect(new Set(asking.accepted).size).toBe(asking.accepted.length);
      expect(await found(asking.accepted)).toBe(asking.accepted.length);
      // Those whose answer the crash swallowed may be there too: one for each client at most.
      const { count } = await platform.json<PinResults>(
        'GET',
        `/pinning/pins?limit=1&name=${encodeURIComponent(`through the death of ${part}`)}`,
      );
      expect(count - asking.accepted.length).toBeLessThanOrEqual(CLIENTS);
    },
    120_000,
  );
});
