import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contentId, userId, type UserId } from '../../shared/index.js';
import type { PinClaim, PinProgress, PinRecord } from '../pin.js';
import type { Weights } from '../scheduler/pin-leases.port.js';
import type { PinsSetting } from './pins.contract.js';

const CID_TEXT = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const progress: PinProgress = { blocks: 1, bytes: 2, sources: 1 };

/** How workers share the table of pins, wherever it is. */
export function describePinLeasesContract(name: string, make: () => Promise<PinsSetting>): void {
  describe(`leases of pins: ${name}`, () => {
    let at: PinsSetting;
    beforeAll(async () => {
      at = await make();
    });
    afterAll(async () => {
      await at.close();
    });
    beforeEach(async () => {
      at.clock.advance(3_600_000);
      await at.leases.reclaim(1);
      for (let got = await next(); got; got = await next()) await at.leases.fail(got, 'clear the table');
    });

    const account = () => userId(randomUUID());
    const add = (owner: UserId): Promise<PinRecord> =>
      at.store.add({ userId: owner, cid: CID_TEXT, cidV1: CID_TEXT, name: null, origins: [], meta: {} });
    const addMany = async (owner: UserId, count: number) => {
      const pins = [];
      for (let n = 0; n < count; n++) {
        pins.push(await add(owner));
        // Those of one millisecond are due together.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return pins;
    };
    const next = (weights: Weights = new Map()): Promise<PinClaim | null> => at.leases.claimNext(60_000, weights);
    const claim = async (pin: PinRecord): Promise<PinClaim> => {
      const got = await next();
      expect(got?.pin.requestId).toBe(pin.requestId);
      return got!;
    };
    const look = (pin: PinRecord) => at.store.find(pin.userId, pin.requestId);
    const beat = (claimed: PinClaim, lookedMs = 0) => ({ claim: claimed, progress, lookedMs });

    it('gives a pin to one worker at a time, and again once its lease is over', async () => {
      const pin = await add(account());
      const first = await claim(pin);
      expect(await next()).toBeNull();
      expect(await at.leases.extend([beat(first)], -1)).toEqual([]);
      expect(await at.leases.reclaim(100)).toBe(1);
      expect(await at.leases.extend([beat(first)], 60_000)).toEqual([first]);
      const second = await claim(pin);
      expect(second.leaseNumber).toBe(first.leaseNumber + 1);
      await at.leases.fail(first, 'too late to say so');
      await at.leases.release(first, null, 0);
      await expect(at.transact((tx) => at.leases.pinned(tx, first, contentId(1n), null))).rejects.toMatchObject({
        code: 'ERR_PIN_TAKEN_AWAY',
      });
      await at.transact((tx) => at.leases.pinned(tx, second, contentId(2n), progress));
      expect(await look(pin)).toMatchObject({ status: 'pinned', contentId: '2', progress, reason: null });
    });

    it('extends many leases at once, and names those that are lost', async () => {
      const owner = account();
      await addMany(owner, 3);
      const claimed = [(await next())!, (await next())!, (await next())!];
      await at.store.remove(owner, claimed[1]!.pin.requestId);
      expect(
        await at.leases.extend(
          claimed.map((one) => beat(one, 1_500)),
          60_000,
        ),
      ).toEqual([claimed[1]]);
      expect(await look(claimed[0]!.pin)).toMatchObject({ status: 'pinning', progress, lookedMs: 1_500 });
      expect(await at.leases.extend([], 0)).toEqual([]);
    });

    it('gives twenty workers that ask together twenty different pins', async () => {
      await addMany(account(), 20);
      const claims = await Promise.all(Array.from({ length: 20 }, () => next()));
      expect(new Set(claims.map((got) => got?.pin.requestId)).size).toBe(20);
      for (const got of claims) await at.leases.fail(got!, 'done');
    });

    it('takes turns between accounts, however many pins one of them has', async () => {
      const [heavy, light] = [account(), account()];
      await addMany(heavy, 5);
      await addMany(light, 2);
      const order = [];
      for (let n = 0; n < 4; n++) order.push((await next())?.pin.userId);
      expect(order).toEqual([heavy, light, heavy, light]);
    });

    it('serves of two accounts with as many running the one that was served longer ago', async () => {
      const [one, two, three] = [account(), account(), account()];
      for (const owner of [one, two, three]) await addMany(owner, 3);
      const order = [];
      for (let n = 0; n < 6; n++) {
        const got = (await next())!;
        order.push(got.pin.userId);
        await at.leases.release(got, null, 0);
      }
      expect(order).toEqual([one, two, three, one, two, three]);
    });

    it('gives an account three times as many as another when its weight is three times as large', async () => {
      const [plain, heavy] = [account(), account()];
      await addMany(plain, 20);
      await addMany(heavy, 20);
      const weights = new Map([[heavy, 3]]);
      const owners = [];
      for (let n = 0; n < 16; n++) owners.push((await next(weights))?.pin.userId);
      expect(owners.filter((owner) => owner === heavy)).toHaveLength(12);
      expect(await at.leases.shares(7)).toEqual(
        expect.arrayContaining([
          { userId: heavy, running: 12, due: 7 },
          { userId: plain, running: 4, due: 7 },
        ]),
      );
    });

    it('waits before a pin that failed is tried again, and keeps the reason', async () => {
      const pin = await add(account());
      const claimed = await claim(pin);
      await at.leases.extend([beat(claimed, 5_000)], 60_000);
      await at.leases.retry(claimed, 60_000, 'ERR_X: not now');
      expect(await look(pin)).toMatchObject({ status: 'queued', failures: 1, reason: 'ERR_X: not now', lookedMs: 0 });
      expect(await next()).toBeNull();
      expect(await at.leases.shares(10)).toEqual([]);
      at.clock.advance(61_000);
      expect((await next())?.pin.requestId).toBe(pin.requestId);
    });

    it('lets a preempted pin come again behind those of its account that waited, with the time it was looked for', async () => {
      const [first, second] = (await addMany(account(), 2)) as [PinRecord, PinRecord];
      await new Promise((resolve) => setTimeout(resolve, 5));
      await at.leases.release(await claim(first), 0, 20_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await at.leases.fail(await claim(second), 'ERR_X: no');
      const again = await claim(first);
      expect(again.pin).toMatchObject({ lookedMs: 20_000, failures: 0, reason: null });
    });

    it('leaves a pin that is released by a worker going down in its place', async () => {
      const [first] = (await addMany(account(), 2)) as [PinRecord, PinRecord];
      await at.leases.release(await claim(first), null, 0);
      await claim(first);
    });

    it('fails a pin that took too many workers with it, and no other', async () => {
      const pin = await add(account());
      for (let n = 0; n < 5; n++) await at.leases.release(await claim(pin), null, 0);
      for (let n = 1; n <= 3; n++) {
        await at.leases.extend([beat(await claim(pin))], -1);
        await at.leases.reclaim(3);
        expect((await look(pin))?.status).toBe(n < 3 ? 'queued' : 'failed');
      }
    });

    it('takes a removed pin from whoever fetches it', async () => {
      const pin = await add(account());
      const claimed = await claim(pin);
      await at.store.remove(pin.userId, pin.requestId);
      expect(await at.leases.extend([beat(claimed)], 60_000)).toEqual([claimed]);
      await expect(at.transact((tx) => at.leases.pinned(tx, claimed, contentId(1n), null))).rejects.toMatchObject({
        code: 'ERR_PIN_TAKEN_AWAY',
      });
      await at.store.purge(pin.requestId);
      expect(await look(pin)).toBeNull();
    });

    it('knows for how long the oldest has waited', async () => {
      expect(await at.leases.oldestSeconds()).toBe(0);
      await addMany(account(), 2);
      at.clock.advance(10_000);
      expect(await at.leases.oldestSeconds()).toBeGreaterThan(9);
    });
  });
}
