import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock, type UserId } from '../../shared/index.js';
import { ContentAddingDisabled } from '../domain/accounts.errors.js';
import { SettingsStore } from '../ports/settings-store.port.js';
import { AccountLimits } from './account-limits.js';

/** How long another process may go on after the switch. */
const REMEMBER_MS = 2_000;
const PLATFORM = 'platform';

/** Whether contents and pins are taken: of anybody, and of one account. Kept in the database, so it survives restarts. */
@Injectable()
export class ContentAdding {
  private readonly known: LRUCache<typeof PLATFORM, { enabled: boolean }>;

  constructor(
    private readonly store: SettingsStore,
    private readonly limits: AccountLimits,
    clock: Clock,
  ) {
    this.known = new LRUCache<typeof PLATFORM, { enabled: boolean }>({
      max: 1,
      ttl: REMEMBER_MS,
      ttlResolution: 0,
      perf: { now: () => clock.now().getTime() },
      fetchMethod: async () => ({ enabled: await this.store.isContentAddingOn() }),
    });
  }

  /** For the platform as a whole; at most two seconds old. */
  async isOn(): Promise<boolean> {
    return (await this.known.fetch(PLATFORM))?.enabled ?? true;
  }

  /** For one account. */
  async isOnFor(user: UserId): Promise<boolean> {
    return (await this.isOn()) && !(await this.limits.of(user)).contentAddingDisabled;
  }

  /** Before a byte is read. @throws ContentAddingDisabled */
  async assertOnFor(user: UserId): Promise<void> {
    if (!(await this.isOnFor(user))) throw new ContentAddingDisabled('nothing can be uploaded or pinned at this time');
  }

  /** Idempotent. What is on its way goes on. */
  async switch(enabled: boolean): Promise<void> {
    await this.store.switchContentAdding(enabled);
    this.known.clear();
  }
}
