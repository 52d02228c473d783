import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import { type DealTerms, userId } from '../../shared/index.js';
import type { Scope } from '../domain/caller.js';
import type { Limits } from '../domain/limits.js';
import { type AccountUse, UsageRegistry } from '../domain/usage-registry.js';
import { InMemoryLimitStore } from '../testing/in-memory-limit-store.js';
import { AccountLimits } from './account-limits.js';
import { type CallerCaps, DealCaps } from './deal-caps.js';

const ann = userId('ann');
const GIB = 2 ** 30;

interface Setup {
  own?: Partial<Limits>;
  env?: Record<string, string>;
  scope?: Scope;
  used?: AccountUse;
}

async function caps({ own = {}, env = {}, scope = 'upload', used = {} }: Setup = {}): Promise<CallerCaps> {
  const store = new InMemoryLimitStore();
  if (Object.keys(own).length > 0) await store.set(ann, own);
  const config = AppConfig.parse(env);
  const usage = new UsageRegistry();
  usage.register(async () => new Map([[ann, used]]));
  const limits = new AccountLimits(store, config, new TestClock());
  return new DealCaps(limits, usage, config).of({ userId: ann, scope });
}

const refused = (name: string, asked: string, cap: string) =>
  expect.objectContaining({
    code: 'ERR_DEAL_TERMS_ABOVE_CAP',
    status: 403,
    details: { above: { [name]: { asked, cap } } },
  });

describe('the caps on what an upload may ask of deals', () => {
  const above: [string, DealTerms, string, string][] = [
    ['replication', { replication: 50 }, '50', '6'],
    ['replication', { replication: 7 }, '7', '6'],
    ['duration', { duration: 3_680_640 }, '3680640', '1494720'],
    ['maxPrice', { maxPrice: '30000000001' }, '30000000001', '30000000000'],
    ['verified', { verified: true }, 'true', 'false'],
  ];
  it.each(above)(
    'refuse a key with scope upload or user more than the platform gives: %s %j',
    async (name, terms, asked, cap) => {
      for (const scope of ['upload', 'user'] as const)
        expect(await caps({ scope }).then((own) => catchOf(() => own.assertAllowed(terms)))).toEqual(
          refused(name, asked, cap),
        );
    },
  );

  it('let pass what is within them, and what the platform would do anyway', async () => {
    const own = await caps();
    for (const terms of [
      undefined,
      {},
      { replication: 6 },
      { replication: 1, verified: false, maxPrice: '30000000000' },
    ])
      own.assertAllowed(terms);
    (await caps({ env: { DEALS_VERIFIED: 'true' } })).assertAllowed({ verified: true, maxPrice: '0' });
  });

  it('name every term that is too much at once', async () => {
    const own = await caps();
    const error = catchOf(() => own.assertAllowed({ replication: 50, maxPrice: '1'.padEnd(30, '0') }));
    expect(Object.keys((error as { details: { above: object } }).details.above)).toEqual(['replication', 'maxPrice']);
  });

  it('are those of the account where an operator has set some: higher ones, and lower ones', async () => {
    const own = await caps({ own: { replicationCap: 10, priceCap: 5n, dataCapPerDay: GIB } });
    own.assertAllowed({ replication: 10, verified: true, maxPrice: '0' });
    expect(catchOf(() => own.assertAllowed({ maxPrice: '6' }))).toEqual(refused('maxPrice', '6', '5'));
  });

  it('keep the price of verified deals by its own cap', async () => {
    const own = await caps({ own: { dataCapPerDay: GIB } });
    expect(catchOf(() => own.assertAllowed({ verified: true, maxPrice: '1' }))).toEqual(refused('maxPrice', '1', '0'));
    expect(catchOf(() => own.assertRaised({ maxPrice: 1n }, true))).toEqual(refused('maxPrice', '1', '0'));
    own.assertRaised({ maxPrice: 1n, replication: 6 }, false);
    expect(catchOf(() => own.assertRaised({ replication: 7 }, false))).toEqual(refused('replication', '7', '6'));
  });

  it('let nobody pay with money where the platform pays with DataCap, unless some was given to the account', async () => {
    const env = { DEALS_VERIFIED: 'true' };
    expect(catchOf(await caps({ env }).then((own) => () => own.assertAllowed({ verified: false })))).toEqual(
      refused('verified', 'false', 'true'),
    );
    (await caps({ env, own: { spendPerDay: 1n } })).assertAllowed({ verified: false });
  });

  it('do not hold for the operator', async () => {
    const own = await caps({ scope: 'admin', own: { spendPerDay: 0n } });
    own.assertAllowed({ replication: 50, verified: true, maxPrice: '9'.repeat(30) });
    own.assertRaised({ replication: 50 }, true);
    await own.assertAffordable({ replication: 50 }, GIB);
  });
});

describe('the caps on what deals may take within a day', () => {
  it('refuse an upload whose own terms could not fit into what is left of the day', async () => {
    // 2 copies of 2 GiB at 10 attoFIL per GiB and epoch for 518,400 epochs.
    const terms = { replication: 2, maxPrice: '10', duration: 518_400 };
    const cost = 2n * 2n * 10n * 518_400n;
    const left = (spendPerDay: bigint, spendToday: bigint) => caps({ own: { spendPerDay }, used: { spendToday } });
    await (await left(cost, 0n)).assertAffordable(terms, 1.5 * GIB);
    await expect((await left(cost, 1n)).assertAffordable(terms, 1.5 * GIB)).rejects.toMatchObject({
      code: 'ERR_DEAL_BUDGET_EXCEEDED',
      status: 403,
      details: { cap: 'spendPerDay', most: String(cost), used: '1', asked: String(cost) },
    });
  });

  it('count padded bytes of every copy against the DataCap of the day', async () => {
    const own = await caps({ own: { dataCapPerDay: 4 * GIB }, used: { dataCapToday: GIB } });
    const terms = { replication: 3, verified: true, maxPrice: '0' };
    await own.assertAffordable(terms, 0.75 * GIB);
    await expect(own.assertAffordable(terms, 1.25 * GIB)).rejects.toMatchObject({
      code: 'ERR_DEAL_BUDGET_EXCEEDED',
      details: { cap: 'dataCapPerDay', used: String(GIB) },
    });
  });

  it('ask nobody where there are none, and leave uploads without terms to the reservation', async () => {
    await (await caps()).assertAffordable({ replication: 6 }, 2 ** 45);
    await (await caps({ own: { spendPerDay: 0n } })).assertAffordable(undefined, 2 ** 45);
  });
});

function catchOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}
