import type { UserId } from '../../shared/index.js';

/** What an account stores: its live contents, offloaded ones included. */
export interface Usage {
  /** Sum of the sizes of its contents: every reference counts, also two to the same DAG. */
  bytes: number;
  contents: number;
}

/** What accounts store, for quotas (one account, exact) and for pages (many accounts). */
export abstract class AccountUsage {
  /**
   * For an account with a quota: from the first call on its usage is kept as a figure, exact at every commit and read
   * at no cost.
   */
  abstract counted(userId: UserId): Promise<Usage>;
  /**
   * For an operator's page: kept figures where there are some, sums of what is there otherwise. Every account asked for
   * has an entry.
   */
  abstract ofMany(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, Usage>>;
}
