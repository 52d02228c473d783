import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { TooManyRequests } from '../../platform/http/index.js';
import { clientOf } from '../../platform/net/index.js';
import { type RateRule, Rates } from '../../platform/rates/index.js';

/** Several people may sit behind one address. */
const NAMES_OF_AN_ADDRESS = 6;

/**
 * How often a password may be tried, all processes together: a minute's worth may come at once. Names are counted
 * whether there is such an account or not, and kept as hashes.
 */
@Injectable()
export class LoginRates {
  private readonly perName: number;

  constructor(
    private readonly rates: Rates,
    { values }: AppConfig,
  ) {
    this.perName = values.LOGIN_ATTEMPTS_PER_MINUTE;
  }

  /** @throws TooManyRequests */
  async passAddress(ip: string): Promise<void> {
    await this.pass(`login:address:${clientOf(ip)}`, this.perName * NAMES_OF_AN_ADDRESS, 'this address');
  }

  /** @throws TooManyRequests */
  async passName(username: string): Promise<void> {
    const subject = hash('sha256', username.trim().toLowerCase(), 'base64url');
    await this.pass(`login:name:${subject}`, this.perName, 'this user name');
  }

  private async pass(subject: string, perMinute: number, who: string): Promise<void> {
    if (perMinute === 0) return;
    const rule: RateRule = { perSecond: perMinute / 60, burst: perMinute };
    const { taken, waitMs } = await this.rates.take(subject, rule);
    if (!taken) throw new TooManyRequests(`${who} was tried ${perMinute} times a minute`, waitMs);
  }
}
