import { Injectable, Optional } from '@nestjs/common';
import { AccountLimits, QuotaWarnings } from '../../accounts/index.js';
import type { UserId } from '../../shared/index.js';
import { QuotaExceeded } from '../domain/content.errors.js';
import { AccountUsage } from '../ports/account-usage.port.js';

/**
 * How much more an account may store. An answer for the way in, so that nobody sends what cannot stay: what really
 * holds is looked at again in the transaction that stores the content, where several uploads at once take turns.
 */
@Injectable()
export class AccountQuota {
  constructor(
    private readonly limits: AccountLimits,
    private readonly usage: AccountUsage,
    @Optional() private readonly warnings?: QuotaWarnings,
  ) {}

  /** Bytes left, 0 when it has too much already; null: no quota, and nothing was counted to say so. */
  async left(userId: UserId): Promise<number | null> {
    const { bytesQuota } = await this.limits.of(userId);
    if (bytesQuota === null) return null;
    const { bytes } = await this.usage.counted(userId);
    this.warnings?.note(userId, bytes, bytesQuota);
    return Math.max(0, bytesQuota - bytes);
  }

  /** @throws QuotaExceeded */
  async ensure(userId: UserId, bytes: number): Promise<void> {
    const left = await this.left(userId);
    if (left !== null && bytes > left) throw new QuotaExceeded(left);
  }
}
