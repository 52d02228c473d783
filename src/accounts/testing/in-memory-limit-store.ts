import type { UserId } from '../../shared/index.js';
import { DEFAULT_PIN_WEIGHT, type Limits, NO_LIMITS } from '../domain/limits.js';
import { LimitStore } from '../ports/limit-store.port.js';

/** Limits in the memory of one test. Users need not exist, unlike in PostgreSQL. */
export class InMemoryLimitStore extends LimitStore {
  private readonly rows = new Map<UserId, Limits>();
  /** How often something was looked up. */
  lookups = 0;

  find(user: UserId): Promise<Limits | null> {
    this.lookups += 1;
    return Promise.resolve(this.rows.get(user) ?? null);
  }

  ofMany(users: readonly UserId[]): Promise<ReadonlyMap<UserId, Limits>> {
    return Promise.resolve(new Map([...this.rows].filter(([user]) => users.includes(user))));
  }

  weights(): Promise<ReadonlyMap<UserId, number>> {
    this.lookups += 1;
    return Promise.resolve(
      new Map(
        [...this.rows]
          .filter(([, { pinWeight }]) => pinWeight !== DEFAULT_PIN_WEIGHT)
          .map(([user, { pinWeight }]) => [user, pinWeight]),
      ),
    );
  }

  set(user: UserId, change: Partial<Limits>): Promise<Limits> {
    const old = this.rows.get(user) ?? NO_LIMITS;
    const limits = { ...old, ...change };
    this.rows.set(user, limits);
    return Promise.resolve(limits);
  }
}
