import type { UserId } from '../../shared/index.js';
import type { Limits } from '../domain/limits.js';

/** What operators have set for accounts. Null: nothing, so the platform's default holds. */
export abstract class LimitStore {
  /** Null when nothing was ever set for the account. */
  abstract find(userId: UserId): Promise<Limits | null>;
  /** Those of them for whom something was ever set. */
  abstract ofMany(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, Limits>>;
  /** Accounts with a weight other than 1. */
  abstract weights(): Promise<ReadonlyMap<UserId, number>>;
  /** What is not named stays as it is. @throws when there is no such user */
  abstract set(userId: UserId, change: Partial<Limits>): Promise<Limits>;
}
