import { beforeEach, describe, expect, it } from '@jest/globals';
import type { UserId } from '../../shared/index.js';
import { NO_LIMITS } from '../domain/limits.js';
import type { LimitStore } from '../ports/limit-store.port.js';

/** What every LimitStore promises; `newUser` makes an account that nobody else has. */
export function describeLimitStoreContract(name: string, make: () => LimitStore, newUser: () => Promise<UserId>): void {
  describe(`LimitStore: ${name}`, () => {
    let store: LimitStore;
    let ann: UserId;
    let ben: UserId;

    beforeEach(async () => {
      store = make();
      ann = await newUser();
      ben = await newUser();
    });

    it('knows nothing of an account for which nothing was set', async () => {
      expect(await store.find(ann)).toBeNull();
      expect(await store.ofMany([ann, ben])).toEqual(new Map());
    });

    it('changes what is named and leaves the rest', async () => {
      const set = { ...NO_LIMITS, bytesQuota: 2 ** 52 };
      expect(await store.set(ann, { bytesQuota: 2 ** 52 })).toEqual(set);
      expect(await store.set(ann, { pinWeight: 7, pinsQuota: 0 })).toEqual({ ...set, pinWeight: 7, pinsQuota: 0 });
      expect(await store.set(ann, { bytesQuota: null })).toEqual({ ...NO_LIMITS, pinWeight: 7, pinsQuota: 0 });
      expect(await store.find(ann)).toEqual({ ...NO_LIMITS, pinWeight: 7, pinsQuota: 0 });
      expect([...(await store.ofMany([ann, ben])).keys()]).toEqual([ann]);
    });

    it('keeps caps on deals to the last attoFIL', async () => {
      const caps = {
        replicationCap: 9,
        durationCap: 600_000,
        priceCap: 10n ** 30n - 1n,
        verifiedPriceCap: 1n,
        dataCapPerDay: 2 ** 50,
        spendPerDay: 10n ** 30n - 7n,
      };
      expect(await store.set(ann, caps)).toEqual({ ...NO_LIMITS, ...caps });
      expect(await store.set(ann, { priceCap: null, spendPerDay: 0n })).toEqual({
        ...NO_LIMITS,
        ...caps,
        priceCap: null,
        spendPerDay: 0n,
      });
    });

    it('lists the weights that differ from 1', async () => {
      await store.set(ann, { pinWeight: 100 });
      await store.set(ben, { pinWeight: 1, bytesQuota: 5 });
      const weights = await store.weights();
      expect(weights.get(ann)).toBe(100);
      expect(weights.has(ben)).toBe(false);
    });
  });
}
