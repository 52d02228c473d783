import { Injectable } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import type { PinRecord } from '../domain/pin.js';
import type { PinFilter } from '../domain/pin-filter.js';
import { PinStore } from '../ports/pin-store.port.js';

@Injectable()
export class ListPins {
  constructor(private readonly pins: PinStore) {}

  run(userId: UserId, filter: PinFilter): Promise<{ count: number; pins: PinRecord[] }> {
    return this.pins.list(userId, filter);
  }
}
