import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import type { UserId } from '../../shared/index.js';
import type { DayCaps } from '../store/postgres-deal.store.js';

/** What deals may take of money and DataCap within 24 hours: of an account's pieces, and in all. */
@Injectable()
export class SpendingCaps {
  constructor(
    private readonly limits: AccountLimits,
    private readonly config: AppConfig,
  ) {}

  /** `account` null: a piece of several accounts, which only the platform's caps hold for. */
  async of(account: UserId | null): Promise<DayCaps> {
    const { DEALS_SPEND_PER_DAY, DEALS_DATACAP_PER_DAY } = this.config.values;
    const limits = account === null ? null : await this.limits.of(account);
    return {
      account: { cost: limits?.spendPerDay ?? null, dataCap: bytes(limits?.dataCapPerDay) },
      platform: { cost: DEALS_SPEND_PER_DAY ?? null, dataCap: bytes(DEALS_DATACAP_PER_DAY) },
    };
  }
}

function bytes(value: number | null | undefined): bigint | null {
  return value === null || value === undefined ? null : BigInt(value);
}
