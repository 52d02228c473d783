import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { TooManyRequests } from '../../platform/http/index.js';
import { type RateRule, Rates } from '../../platform/rates/index.js';
import type { Caller } from '../domain/caller.js';

/** So much of every rate may come at once. */
const BURST_SECONDS = 30;

/** The rates of all routes together: of a key, of its account, and of an address that shows no key. */
@Injectable()
export class RequestRates {
  private readonly keys: RateRule;
  private readonly accounts: RateRule;
  private readonly addresses: RateRule;

  constructor(
    private readonly rates: Rates,
    { values }: AppConfig,
  ) {
    this.keys = ruleOf(values.KEY_REQUESTS_PER_SECOND);
    this.accounts = ruleOf(values.ACCOUNT_REQUESTS_PER_SECOND);
    this.addresses = ruleOf(values.ADDRESS_REQUESTS_PER_SECOND);
  }

  /** Counts a request with a good key. @throws TooManyRequests */
  async passCaller({ keyId, userId }: Caller): Promise<void> {
    await this.pass(`key:${keyId}`, this.keys, 'this key');
    await this.pass(`account:${userId}`, this.accounts, 'this account');
  }

  /** Counts one without. @throws TooManyRequests */
  async passAddress(subject: string): Promise<void> {
    await this.pass(subject, this.addresses, 'this address');
  }

  /** Takes further requests from an address for what it did (a wrong key), as many of them as it has left. */
  async charge(subject: string, cost: number): Promise<void> {
    if (this.addresses.perSecond === 0) return;
    const { taken, left } = await this.rates.take(subject, this.addresses, cost);
    if (!taken && left > 0) await this.rates.take(subject, this.addresses, left);
  }

  private async pass(subject: string, rule: RateRule, who: string): Promise<void> {
    if (rule.perSecond === 0) return;
    const verdict = this.rates.take(subject, rule);
    const { taken, waitMs } = verdict instanceof Promise ? await verdict : verdict;
    if (!taken) throw new TooManyRequests(`${who} may send ${rule.perSecond} requests a second`, waitMs);
  }
}

function ruleOf(perSecond: number): RateRule {
  return { perSecond, burst: perSecond * BURST_SECONDS };
}
