import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { canonicalCid, type UserId } from '../../shared/index.js';
import type { PinRecord, PinSpec } from '../pin.js';
import { BytesUsedUp, PinQuotaUsedUp } from '../pinning.errors.js';
import { FetchQueue } from './fetch-queue.port.js';
import { PinStore } from './pin-store.port.js';
import { PinAllowance } from './pin-allowance.js';

/** Accepts many pins in one transaction. Those that are hot here already are pinned by the worker like all others: no request waits for 10,000 look-ups. */
@Injectable()
export class RequestManyPins {
  constructor(
    private readonly pins: PinStore,
    private readonly queue: FetchQueue,
    private readonly allowance: PinAllowance,
  ) {}

  /** In the order of the specs: the pin, or why the account may not have it. */
  async run(userId: UserId, specs: PinSpec[]): Promise<(PinRecord | PinQuotaUsedUp | BytesUsedUp)[]> {
    if (specs.length === 0) return [];
    let most: number | null;
    try {
      most = await this.allowance.of(userId);
    } catch (error) {
      if (error instanceof BytesUsedUp) return specs.map(() => error);
      throw error;
    }
    const pins = await this.pins.addAll(
      specs.map((spec) => ({ ...spec, userId, cidV1: canonicalCid(CID.parse(spec.cid)), most })),
    );
    await this.queue.wake();
    return pins.map((pin) => pin ?? new PinQuotaUsedUp());
  }
}
