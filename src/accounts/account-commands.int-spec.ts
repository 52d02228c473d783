import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppConfig } from '../config/index.js';
import { testDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { AccountCommands } from './account-commands.js';

describe('the command for limits', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('sets what is asked for, and shows what holds', async () => {
    await using commands = new AccountCommands(
      AppConfig.parse({ DATABASE_URL: database.url, ACCOUNT_PINS_QUOTA: '9' }),
    );
    await commands.createUser('ann', 'user');
    const caps = {
      replicationCap: 6,
      durationCap: 1_494_720,
      priceCap: 30_000_000_000n,
      verifiedPriceCap: 0n,
      dataCapPerDay: null,
      spendPerDay: null,
      contentAddingDisabled: false,
    };
    expect(await commands.userLimits('ann', { bytesQuota: 10 * 1024 ** 3, pinWeight: 2 })).toEqual({
      ...caps,
      pinWeight: 2,
      bytesQuota: 10 * 1024 ** 3,
      pinsQuota: 9,
    });
    expect(await commands.userLimits('ann', { pinsQuota: 1 })).toEqual({
      ...caps,
      pinWeight: 2,
      bytesQuota: 10 * 1024 ** 3,
      pinsQuota: 1,
    });
    expect(await commands.userLimits('ann', { pinsQuota: null })).toEqual({
      ...caps,
      pinWeight: 2,
      bytesQuota: 10 * 1024 ** 3,
      pinsQuota: 9,
    });
    expect(await commands.userLimits('ANN', { spendPerDay: 10n ** 20n, replicationCap: 8 })).toEqual({
      ...caps,
      pinWeight: 2,
      bytesQuota: 10 * 1024 ** 3,
      pinsQuota: 9,
      spendPerDay: 10n ** 20n,
      replicationCap: 8,
    });
    await expect(commands.userLimits('nobody', {})).rejects.toMatchObject({ code: 'ERR_USER_NOT_FOUND' });
    await expect(commands.userLimits('ann', { pinWeight: 101 })).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
  });
});
