import { Injectable } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import type { PinRecord } from '../pin.js';
import type { PinFilter } from './pin-filter.js';
import { PinStore } from './pin-store.port.js';

@Injectable()
export class ListPins {
  constructor(private readonly pins: PinStore) {}

  run(userId: UserId, filter: PinFilter): Promise<{ count: number; pins: PinRecord[] }> {
    return this.pins.list(userId, filter);
  }
}
