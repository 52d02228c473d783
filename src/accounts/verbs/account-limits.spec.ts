import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppConfig } from '../../config/index.js';
import { userId } from '../../shared/index.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { type Limits, NO_LIMITS } from '../domain/limits.js';
import { InMemoryLimitStore } from '../testing/in-memory-limit-store.js';
import { AccountLimits } from './account-limits.js';

const ann = userId('01890000-0000-7000-8000-00000000000a');

/** The platform's caps on deals as they are by default, with some limits on top. */
const limitsOf = (over: Partial<Limits>): Limits => ({
  ...NO_LIMITS,
  replicationCap: 6,
  durationCap: 1_494_720,
  priceCap: 30_000_000_000n,
  verifiedPriceCap: 0n,
  ...over,
});

describe('the limits of an account', () => {
  let store: InMemoryLimitStore;
  let clock: TestClock;

  beforeEach(() => {
    store = new InMemoryLimitStore();
    clock = new TestClock();
  });

  it('are none by default', async () => {
    expect(await new AccountLimits(store, AppConfig.parse({}), clock).of(ann)).toEqual(limitsOf({}));
  });

  it("are the platform's where the operator has set nothing for it", async () => {
    const limits = new AccountLimits(
      store,
      AppConfig.parse({ ACCOUNT_BYTES_QUOTA: '1000', ACCOUNT_PINS_QUOTA: '0' }),
      clock,
    );
    expect(await limits.of(ann)).toEqual(limitsOf({ bytesQuota: 1000, pinsQuota: 0 }));
    await store.set(ann, { pinWeight: 3, bytesQuota: 5 });
    limits.forget(ann);
    expect(await limits.of(ann)).toEqual(limitsOf({ pinWeight: 3, bytesQuota: 5, pinsQuota: 0 }));
    expect((await limits.ofMany([ann])).get(ann)).toEqual(await limits.of(ann));
  });

  it('are looked up once in two seconds, however many ask', async () => {
    const limits = new AccountLimits(store, AppConfig.parse({}), clock);
    await Promise.all(Array.from({ length: 100 }, () => limits.of(ann)));
    await store.set(ann, { bytesQuota: 5, pinWeight: 2 });
    expect((await limits.of(ann)).bytesQuota).toBeNull();
    expect(store.lookups).toBe(1);
    clock.advance(2_001);
    expect((await limits.of(ann)).bytesQuota).toBe(5);
    expect(await limits.weights()).toEqual(new Map([[ann, 2]]));
  });
});

describe('setting limits', () => {
  it('refuses what no account can have, by name', async () => {
    const limits = new AccountLimits(new InMemoryLimitStore(), AppConfig.parse({}), new TestClock());
    for (const wrong of [
      { pinWeight: 0 },
      { pinWeight: 101 },
      { pinWeight: 1.5 },
      { bytesQuota: -1 },
      { bytesQuota: 2 ** 53 },
      { pinsQuota: 2 ** 31 },
      { pinsQuota: NaN },
      { replicationCap: 0 },
      { durationCap: 3_680_641 },
      { priceCap: 10n ** 30n },
      { spendPerDay: -1n },
      { dataCapPerDay: -1 },
    ]) {
      await expect(limits.set(ann, wrong)).rejects.toMatchObject({
        code: 'ERR_INVALID_INPUT',
        details: { fields: Object.keys(wrong) },
      });
    }
    expect(await limits.of(ann)).toMatchObject({ pinWeight: 1, bytesQuota: null, pinsQuota: null });
  });

  it('is in force at once, and answers what is set for the account itself', async () => {
    const limits = new AccountLimits(
      new InMemoryLimitStore(),
      AppConfig.parse({ ACCOUNT_BYTES_QUOTA: '9' }),
      new TestClock(),
    );
    expect(await limits.of(ann)).toMatchObject({ pinWeight: 1, bytesQuota: 9 });
    expect(await limits.set(ann, { pinWeight: 2 })).toEqual({ ...NO_LIMITS, pinWeight: 2 });
    expect(await limits.of(ann)).toEqual(limitsOf({ pinWeight: 2, bytesQuota: 9 }));
    expect(await limits.weights()).toEqual(new Map([[ann, 2]]));
  });
});
