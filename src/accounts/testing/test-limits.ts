import { AppConfig } from '../../config/index.js';
import { SystemClock, type UserId } from '../../shared/index.js';
import type { Limits } from '../domain/limits.js';
import { AccountLimits } from '../verbs/account-limits.js';
import { InMemoryLimitStore } from './in-memory-limit-store.js';

/**
 * The limits of some accounts, for the tests of other rooms: `testLimits([[ann, { bytesQuota: 1000 }]])`. Everybody
 * else has none.
 */
export function testLimits(set: Iterable<readonly [UserId, Partial<Limits>]> = []): AccountLimits {
  const store = new InMemoryLimitStore();
  for (const [user, limits] of set) void store.set(user, limits);
  return new AccountLimits(store, AppConfig.parse({}), new SystemClock());
}
