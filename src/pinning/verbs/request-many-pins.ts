import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { canonicalCid, type UserId } from '../../shared/index.js';
import type { PinRecord, PinSpec } from '../domain/pin.js';
import { FetchQueue } from '../ports/fetch-queue.port.js';
import { PinStore } from '../ports/pin-store.port.js';

/** Accepts many pins in one transaction. Those that are hot here already are pinned by the worker like all others: no request waits for 10,000 look-ups. */
@Injectable()
export class RequestManyPins {
  constructor(private readonly pins: PinStore, private readonly queue: FetchQueue) {}

  /** The pins in the order of the specs. */
  async run(userId: UserId, specs: PinSpec[]): Promise<PinRecord[]> {
    if (specs.length === 0) return [];
    const pins = await this.pins.addAll(specs.map((spec) => ({ ...spec, userId, cidV1: canonicalCid(CID.parse(spec.cid)) })));
    await this.queue.wake();
    return pins;
  }
}
