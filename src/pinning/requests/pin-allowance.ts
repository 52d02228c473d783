import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { AccountQuota } from '../../content/index.js';
import type { UserId } from '../../shared/index.js';
import { BytesUsedUp } from '../pinning.errors.js';

/** Whether an account may ask for another pin. */
@Injectable()
export class PinAllowance {
  constructor(
    private readonly limits: AccountLimits,
    private readonly quota: AccountQuota,
  ) {}

  /**
   * How many pins it may have; null: no quota. The store keeps it to that, however many requests come at once.
   * @throws BytesUsedUp when no byte is left: a pin could only fail. What a pin weighs is not known yet, so one that is too large for what is left fails later.
   */
  async of(userId: UserId): Promise<number | null> {
    if ((await this.quota.left(userId)) === 0) throw new BytesUsedUp();
    return (await this.limits.of(userId)).pinsQuota;
  }
}
