import { describe, expect, it } from '@jest/globals';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { userId } from '../../shared/index.js';
import type { AccountUsage } from '../ports/account-usage.port.js';
import { AccountQuota } from './account-quota.js';

const ann = userId('01890000-0000-7000-8000-00000000000a');

function quota(bytesQuota: number | null, used: number): { quota: AccountQuota; counts: () => number } {
  let counts = 0;
  const usage: AccountUsage = {
    counted: () => {
      counts += 1;
      return Promise.resolve({ bytes: used, contents: 1 });
    },
    ofMany: () => Promise.resolve(new Map()),
  };
  return { quota: new AccountQuota(testLimits([[ann, { bytesQuota }]]), usage), counts: () => counts };
}

describe('the quota of an account', () => {
  it('leaves what is not used, and nothing when more is used than it allows', async () => {
    expect(await quota(100, 30).quota.left(ann)).toBe(70);
    expect(await quota(100, 100).quota.left(ann)).toBe(0);
    expect(await quota(100, 500).quota.left(ann)).toBe(0);
  });

  it('that does not exist leaves everything, and nothing is counted for it', async () => {
    const { quota: none, counts } = quota(null, 500);
    expect(await none.left(ann)).toBeNull();
    await none.ensure(ann, Number.MAX_SAFE_INTEGER);
    expect(counts()).toBe(0);
  });

  it('is exceeded by one byte more than is left', async () => {
    const { quota: some } = quota(100, 30);
    await expect(some.ensure(ann, 70)).resolves.toBeUndefined();
    await expect(some.ensure(ann, 71)).rejects.toMatchObject({ code: 'ERR_QUOTA_EXCEEDED', details: { left: 70 } });
  });
});
