import { Injectable } from '@nestjs/common';
import type { PinRequestId, UserId } from '../../shared/index.js';
import type { PinRecord } from '../pin.js';
import { PinNotFound } from '../pinning.errors.js';
import { PinStore } from './pin-store.port.js';

@Injectable()
export class FindPin {
  constructor(private readonly pins: PinStore) {}

  /** @throws PinNotFound, also for another account's. */
  async run(userId: UserId, requestId: PinRequestId): Promise<PinRecord> {
    const pin = await this.pins.find(userId, requestId);
    if (!pin) throw new PinNotFound(requestId);
    return pin;
  }
}
