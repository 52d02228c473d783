import { Injectable } from '@nestjs/common';
import type { PinRequestId, UserId } from '../../shared/index.js';
import { PinNotFound } from '../pinning.errors.js';
import { PinStore } from './pin-store.port.js';
import { ReleasePins } from './release-pins.js';

/** Unpins: from this moment there is no such pin, and whoever fetches it stops. Its content goes with it, before the answer (Estuary's D14). */
@Injectable()
export class RemovePin {
  constructor(
    private readonly pins: PinStore,
    private readonly release: ReleasePins,
  ) {}

  /** @throws PinNotFound */
  async run(userId: UserId, requestId: PinRequestId): Promise<void> {
    const pin = await this.pins.remove(userId, requestId);
    if (!pin) throw new PinNotFound(requestId);
    await this.release.one(pin);
  }
}
