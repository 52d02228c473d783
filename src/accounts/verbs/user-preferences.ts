import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../config/index.js';
import { Clock, type DealTerms, type UserId } from '../../shared/index.js';
import type { Caller } from '../domain/caller.js';
import { NO_SETTINGS, termsWithDefaults, type UserSettings } from '../domain/user-settings.js';
import { SettingsStore } from '../ports/settings-store.port.js';
import { AccountLimits } from './account-limits.js';
import { type CallerCaps, DealCaps, mayChooseVerified } from './deal-caps.js';

/** How long another process may go on with what a user has changed. */
const REMEMBER_MS = 2_000;

/** What an upload may ask of deals, and what it asks in the end. */
export interface UploadTerms {
  caps: CallerCaps;
  /** The terms of an upload that says `said`. */
  termsOf: (said: DealTerms | undefined) => DealTerms | undefined;
}

/** What users chose for their deals, and the terms of uploads that follow from it. */
@Injectable()
export class UserPreferences {
  private readonly known: LRUCache<UserId, UserSettings>;

  constructor(
    private readonly store: SettingsStore,
    private readonly caps: DealCaps,
    private readonly limits: AccountLimits,
    private readonly config: AppConfig,
    clock: Clock,
  ) {
    this.known = new LRUCache<UserId, UserSettings>({
      max: 10_000,
      ttl: REMEMBER_MS,
      ttlResolution: 0,
      perf: { now: () => clock.now().getTime() },
      fetchMethod: async (user) => (await this.store.find(user)) ?? NO_SETTINGS,
    });
  }

  /** At most two seconds old. */
  async of(user: UserId): Promise<UserSettings> {
    return (await this.known.fetch(user)) ?? NO_SETTINGS;
  }

  /**
   * What is not named stays; null takes a choice back. This process sees it at once, others within two seconds.
   * @throws DealTermsAboveCap
   */
  async set(caller: Caller, change: Partial<UserSettings>): Promise<UserSettings> {
    const { replication, duration, verified } = change;
    (await this.caps.of(caller)).assertAllowed({
      ...(replication === undefined || replication === null ? {} : { replication }),
      ...(duration === undefined || duration === null ? {} : { duration }),
      ...(verified === undefined || verified === null ? {} : { verified }),
    });
    const settings = await this.store.set(caller.userId, change);
    this.known.delete(caller.userId);
    return settings;
  }

  /** The caller's caps beside `termsFor`: all that an upload needs to know of what it may ask. */
  async ofUploads(caller: Pick<Caller, 'userId' | 'scope'>): Promise<UploadTerms> {
    const [caps, termsOf] = await Promise.all([this.caps.of(caller), this.termsFor(caller)]);
    return { caps, termsOf };
  }

  /** What the caller's uploads ask of deals when they say `said` of them; looked up once, so that nobody has to wait. */
  async termsFor(
    caller: Pick<Caller, 'userId' | 'scope'>,
  ): Promise<(said: DealTerms | undefined) => DealTerms | undefined> {
    const settings = await this.of(caller.userId);
    const limits = await this.limits.of(caller.userId);
    const { DEALS_REPLICATION, DEALS_DURATION, DEALS_VERIFIED } = this.config.values;
    const uncapped = caller.scope === 'admin';
    const platform = { replication: DEALS_REPLICATION, duration: DEALS_DURATION, verified: DEALS_VERIFIED };
    const caps = {
      replication: uncapped ? null : limits.replicationCap,
      duration: uncapped ? null : limits.durationCap,
      mayChooseVerified: uncapped || mayChooseVerified(limits, settings.verified ?? DEALS_VERIFIED),
    };
    return (said) => termsWithDefaults(said, settings, platform, caps);
  }
}
