import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, messageOf, type UserId } from '../../shared/index.js';
import { SettingsStore } from '../ports/settings-store.port.js';

/** What this process knows of who was warned may be so old: another one may have changed it. */
const REMEMBER_MS = 60_000;

/** The soft part of quotas: nothing is refused there, and somebody is told. */
@Injectable()
export class QuotaWarnings {
  private readonly warned: LRUCache<UserId, boolean>;
  private readonly part: number;

  constructor(
    private readonly store: SettingsStore,
    private readonly logger: AppLogger,
    clock: Clock,
    { values }: AppConfig,
  ) {
    this.part = values.ACCOUNT_SOFT_QUOTA_PERCENT / 100;
    this.warned = new LRUCache<UserId, boolean>({
      max: 10_000,
      ttl: REMEMBER_MS,
      ttlResolution: 0,
      perf: { now: () => clock.now().getTime() },
    });
  }

  /** Where the soft part of a quota ends. */
  softOf(hard: number): number {
    return Math.floor(hard * this.part);
  }

  /**
   * What an account uses of its quota of bytes, now or with what it is about to store. Announces `quota.soft-limit` the
   * first time that it is past the soft part, and again when it was below it in between. Nobody waits for it; a warning
   * that is lost with the process comes with the next upload.
   */
  note(userId: UserId, used: number, hard: number): void {
    const soft = this.softOf(hard);
    const past = used >= soft;
    if (this.warned.get(userId) === past) return;
    this.warned.set(userId, past);
    const done = past ? this.store.warn({ userId, used, soft, hard }) : this.store.unwarn(userId);
    done.catch((error: unknown) => {
      this.warned.delete(userId);
      this.logger.warn({ userId, error: messageOf(error) }, 'a warning of a quota was not announced');
    });
  }
}
