import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../config/index.js';
import { Clock, type UserId } from '../../shared/index.js';
import { InvalidLimit } from '../domain/accounts.errors.js';
import {
  type Limits,
  MAX_ATTO,
  MAX_DEAL_DURATION,
  MAX_PIN_WEIGHT,
  MAX_PINS_QUOTA,
  MAX_REPLICATION,
  NO_LIMITS,
} from '../domain/limits.js';
import { LimitStore } from '../ports/limit-store.port.js';

/** How long another process may go on with limits that an operator has changed. */
const REMEMBER_MS = 2_000;
const WEIGHTS = 'weights';

/** What an account may have. Asked with every upload and pin; the database is asked once in two seconds per account. */
@Injectable()
export class AccountLimits {
  private readonly known: LRUCache<UserId, Limits>;
  private readonly heavy: LRUCache<typeof WEIGHTS, ReadonlyMap<UserId, number>>;
  private readonly defaults: Limits;

  constructor(
    private readonly store: LimitStore,
    config: AppConfig,
    clock: Clock,
  ) {
    this.defaults = defaultsOf(config);
    const lasting = { ttl: REMEMBER_MS, ttlResolution: 0, perf: { now: () => clock.now().getTime() } };
    this.known = new LRUCache<UserId, Limits>({
      max: 10_000,
      ...lasting,
      fetchMethod: async (user) => this.withDefaults(await this.store.find(user)),
    });
    this.heavy = new LRUCache<typeof WEIGHTS, ReadonlyMap<UserId, number>>({
      max: 1,
      ...lasting,
      fetchMethod: () => this.store.weights(),
    });
  }

  /**
   * The account's own where an operator has set some, the platform's otherwise; also for ids that no user has. At most
   * two seconds old. Many at once for one account cost one read.
   */
  async of(user: UserId): Promise<Limits> {
    return (await this.known.fetch(user)) ?? this.defaults;
  }

  /** Not from memory: for pages of many accounts. */
  async ofMany(users: readonly UserId[]): Promise<ReadonlyMap<UserId, Limits>> {
    const set = await this.store.ofMany(users);
    return new Map(users.map((user) => [user, this.withDefaults(set.get(user) ?? null)]));
  }

  /** Shares of the pin queue that differ from 1. */
  async weights(): Promise<ReadonlyMap<UserId, number>> {
    return (await this.heavy.fetch(WEIGHTS)) ?? new Map<UserId, number>();
  }

  /**
   * An operator says what an account may have: what is not named stays, null takes the account's own quota away (the
   * platform's default holds then). This process sees the change at once, others within two seconds. Resolves to what
   * is set for the account itself.
   * @throws InvalidLimit
   */
  async set(user: UserId, change: Partial<Limits>): Promise<Limits> {
    assertWithin('pinWeight', change.pinWeight, 1, MAX_PIN_WEIGHT);
    assertWithin('bytesQuota', change.bytesQuota, 0, Number.MAX_SAFE_INTEGER);
    assertWithin('pinsQuota', change.pinsQuota, 0, MAX_PINS_QUOTA);
    assertWithin('replicationCap', change.replicationCap, 1, MAX_REPLICATION);
    assertWithin('durationCap', change.durationCap, 1, MAX_DEAL_DURATION);
    assertWithin('dataCapPerDay', change.dataCapPerDay, 0, Number.MAX_SAFE_INTEGER);
    assertAtto('priceCap', change.priceCap);
    assertAtto('verifiedPriceCap', change.verifiedPriceCap);
    assertAtto('spendPerDay', change.spendPerDay);
    const limits = await this.store.set(user, change);
    this.forget(user);
    return limits;
  }

  /** What this process remembers of the account is dropped; the next question goes to the database. */
  forget(user: UserId): void {
    this.known.delete(user);
    this.heavy.clear();
  }

  private withDefaults(set: Limits | null): Limits {
    if (!set) return this.defaults;
    const own = Object.entries(set).filter(([, value]) => value !== null);
    return { ...this.defaults, ...(Object.fromEntries(own) as Partial<Limits>) };
  }
}

/** What holds where an operator has set nothing: quotas may be missing, caps on deals never are. */
function defaultsOf({ values }: AppConfig): Limits {
  return {
    ...NO_LIMITS,
    bytesQuota: values.ACCOUNT_BYTES_QUOTA ?? null,
    pinsQuota: values.ACCOUNT_PINS_QUOTA ?? null,
    replicationCap: values.DEALS_REPLICATION_CAP ?? values.DEALS_REPLICATION,
    durationCap: values.DEALS_DURATION_CAP ?? values.DEALS_DURATION,
    priceCap: values.DEALS_MAX_PRICE,
    verifiedPriceCap: values.DEALS_MAX_VERIFIED_PRICE,
    dataCapPerDay: values.ACCOUNT_DATACAP_PER_DAY ?? null,
    spendPerDay: values.ACCOUNT_SPEND_PER_DAY ?? null,
  };
}

function assertWithin(name: keyof Limits, value: number | null | undefined, least: number, most: number): void {
  if (value === null || value === undefined) return;
  if (!Number.isInteger(value) || value < least || value > most)
    throw new InvalidLimit(`${name}: a whole number from ${least} to ${most}`, { details: { fields: [name] } });
}

function assertAtto(name: keyof Limits, value: bigint | null | undefined): void {
  if (value !== null && value !== undefined && (value < 0n || value >= MAX_ATTO))
    throw new InvalidLimit(`${name}: attoFIL, at most 30 digits`, { details: { fields: [name] } });
}
