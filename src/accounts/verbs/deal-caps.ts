import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { type AttoFil, type DealTerms, paddedPieceSize, pricePerEpoch } from '../../shared/index.js';
import { DealBudgetExceeded, DealTermsAboveCap } from '../domain/accounts.errors.js';
import type { Caller } from '../domain/caller.js';
import type { Limits } from '../domain/limits.js';
import { UsageRegistry } from '../domain/usage-registry.js';
import { AccountLimits } from './account-limits.js';

/** What one caller may ask of deals, looked up once so that the terms of a request can be judged without waiting. */
export interface CallerCaps {
  /** @throws DealTermsAboveCap naming each term that is too much. Terms that are not named are the platform's: fine. */
  assertAllowed(terms: DealTerms | undefined): void;
  /** The same for better terms of pieces that exist. @throws DealTermsAboveCap */
  assertRaised(raised: { replication?: number | undefined; maxPrice?: AttoFil | undefined }, verified: boolean): void;
  /**
   * Whether deals of at most these terms over so many bytes fit into what is left of the account's day. A first look,
   * so that nobody sends what cannot be dealt; what really holds is looked at again when deals are reserved.
   * @throws DealBudgetExceeded
   */
  assertAffordable(terms: DealTerms | undefined, bytes: number): Promise<void>;
}

/**
 * How much of the operator's wallet an account's keys may ask for. A key with scope admin is the operator: no caps.
 */
@Injectable()
export class DealCaps {
  constructor(
    private readonly limits: AccountLimits,
    private readonly usage: UsageRegistry,
    private readonly config: AppConfig,
  ) {}

  /** The caps of this caller as they are now. */
  async of(caller: Pick<Caller, 'userId' | 'scope'>): Promise<CallerCaps> {
    if (caller.scope === 'admin') return NO_CAPS;
    const limits = await this.limits.of(caller.userId);
    return {
      assertAllowed: (terms) => this.assertAllowed(limits, terms),
      assertRaised: (raised, verified) => refuseAbove(aboveCaps(limits, raised, verified)),
      assertAffordable: (terms, bytes) => this.assertAffordable(caller, limits, terms, bytes),
    };
  }

  private assertAllowed(limits: Limits, terms: DealTerms | undefined): void {
    if (terms === undefined) return;
    const { DEALS_VERIFIED } = this.config.values;
    const verified = terms.verified ?? DEALS_VERIFIED;
    const maxPrice = terms.maxPrice === undefined ? undefined : BigInt(terms.maxPrice);
    const above = aboveCaps(limits, { ...terms, maxPrice }, verified);
    // DataCap, or money where the platform pays with DataCap: only who was given some of it may choose.
    if (verified !== DEALS_VERIFIED && !mayChoose(limits, verified))
      above['verified'] = { asked: String(verified), cap: String(DEALS_VERIFIED) };
    refuseAbove(above);
  }

  private async assertAffordable(
    { userId }: Pick<Caller, 'userId'>,
    limits: Limits,
    terms: DealTerms | undefined,
    bytes: number,
  ): Promise<void> {
    if (terms === undefined || (limits.spendPerDay === null && limits.dataCapPerDay === null)) return;
    const { DEALS_REPLICATION, DEALS_DURATION, DEALS_VERIFIED } = this.config.values;
    const verified = terms.verified ?? DEALS_VERIFIED;
    const copies = BigInt(terms.replication ?? DEALS_REPLICATION);
    const pieceSize = paddedPieceSize(BigInt(bytes));
    const price = terms.maxPrice === undefined ? (priceCap(limits, verified) ?? 0n) : BigInt(terms.maxPrice);
    const cost = copies * pricePerEpoch(price, pieceSize) * BigInt(terms.duration ?? DEALS_DURATION);
    const used = (await this.usage.of([userId])).get(userId) ?? {};
    const spend = cost + (used.spendToday ?? 0n);
    if (limits.spendPerDay !== null && spend > limits.spendPerDay)
      throw exceeded('spendPerDay', limits.spendPerDay, used.spendToday ?? 0n, cost);
    const dataCap = copies * pieceSize + BigInt(used.dataCapToday ?? 0);
    if (verified && limits.dataCapPerDay !== null && dataCap > BigInt(limits.dataCapPerDay))
      throw exceeded('dataCapPerDay', BigInt(limits.dataCapPerDay), BigInt(used.dataCapToday ?? 0), copies * pieceSize);
  }
}

/** Terms that are above their caps, by name. */
type Above = Record<string, { asked: string; cap: string }>;

function aboveCaps(
  limits: Limits,
  asked: { replication?: number | undefined; duration?: number | undefined; maxPrice?: AttoFil | undefined },
  verified: boolean,
): Above {
  const above: Above = {};
  const check = (name: string, value: bigint | number | undefined, cap: bigint | number | null) => {
    if (value !== undefined && cap !== null && value > cap) above[name] = { asked: String(value), cap: String(cap) };
  };
  check('replication', asked.replication, limits.replicationCap);
  check('duration', asked.duration, limits.durationCap);
  check('maxPrice', asked.maxPrice, priceCap(limits, verified));
  return above;
}

/** @throws DealTermsAboveCap unless there is nothing above */
function refuseAbove(above: Above): void {
  const sentences = Object.entries(above).map(([name, { asked, cap }]) => `${name} ${asked} (at most ${cap})`);
  if (sentences.length > 0)
    throw new DealTermsAboveCap(`this account may not ask that much of deals: ${sentences.join(', ')}`, {
      details: { above },
    });
}

const NO_CAPS: CallerCaps = {
  assertAllowed: () => undefined,
  assertRaised: () => undefined,
  assertAffordable: async () => undefined,
};

/** Whether the account may say `verified` where the platform says the other: as `assertAllowed` judges it. */
export function mayChooseVerified(limits: Limits, verified: boolean): boolean {
  return mayChoose(limits, verified);
}

/** It has been given DataCap, or money, of its own to choose with. */
function mayChoose({ dataCapPerDay, spendPerDay }: Limits, verified: boolean): boolean {
  return verified ? (dataCapPerDay ?? 0) > 0 : (spendPerDay ?? 0n) > 0n;
}

/** attoFIL per GiB per epoch. */
function priceCap(limits: Limits, verified: boolean): AttoFil | null {
  return verified ? limits.verifiedPriceCap : limits.priceCap;
}

function exceeded(cap: keyof Limits, most: bigint, used: bigint, asked: bigint): DealBudgetExceeded {
  return new DealBudgetExceeded(
    `${cap}: deals on these terms may take ${asked}, and ${used} of ${most} are used within 24 hours`,
    { details: { cap, most: most.toString(), used: used.toString(), asked: asked.toString() } },
  );
}
