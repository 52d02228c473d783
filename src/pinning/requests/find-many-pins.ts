import { Injectable } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import type { PinRecord } from '../pin.js';
import { PinStore } from './pin-store.port.js';

/** The caller's pins of certain request ids and contents, to be looked up by either. */
@Injectable()
export class FindManyPins {
  constructor(private readonly pins: PinStore) {}

  async run(
    userId: UserId,
    ids: { requestIds: string[]; contentIds: string[] },
  ): Promise<{ byRequest: Map<string, PinRecord>; byContent: Map<string, PinRecord> }> {
    const found = await this.pins.findAll(userId, ids);
    return {
      byRequest: new Map(found.map((pin) => [pin.requestId as string, pin])),
      byContent: new Map(found.flatMap((pin) => (pin.contentId === null ? [] : [[pin.contentId as string, pin]]))),
    };
  }
}
