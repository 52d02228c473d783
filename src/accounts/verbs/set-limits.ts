import { Injectable } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import { InvalidLimit, UserNotFound } from '../domain/accounts.errors.js';
import { MAX_PIN_WEIGHT, MAX_PINS_QUOTA, type Limits } from '../domain/limits.js';
import { AccountStore } from '../ports/account-store.port.js';
import { LimitStore } from '../ports/limit-store.port.js';

/** An operator says what an account may have: what is not named stays, null takes the account's own quota away (the platform's default holds then). */
@Injectable()
export class SetLimits {
  constructor(
    private readonly accounts: AccountStore,
    private readonly limits: LimitStore,
  ) {}

  /** What is set for the account itself. @throws UserNotFound, InvalidLimit */
  async run(username: string, change: Partial<Limits>): Promise<{ userId: UserId; limits: Limits }> {
    assertWithin('pinWeight', change.pinWeight, 1, MAX_PIN_WEIGHT);
    assertWithin('bytesQuota', change.bytesQuota, 0, Number.MAX_SAFE_INTEGER);
    assertWithin('pinsQuota', change.pinsQuota, 0, MAX_PINS_QUOTA);
    const user = await this.accounts.userByName(username.trim().toLowerCase());
    if (!user) throw new UserNotFound(`no user ${username}`);
    return { userId: user.id, limits: await this.limits.set(user.id, change) };
  }
}

function assertWithin(name: keyof Limits, value: number | null | undefined, least: number, most: number): void {
  if (value === null || value === undefined) return;
  if (!Number.isInteger(value) || value < least || value > most)
    throw new InvalidLimit(`${name}: a whole number from ${least} to ${most}`, { details: { fields: [name] } });
}
