import { Injectable } from '@nestjs/common';
import type { PinRecord } from '../pin.js';
import { ContentRelease } from './content-release.port.js';
import { PinStore } from './pin-store.port.js';

/** Lets go what removed pins held, then forgets them. Cut off anywhere, it is taken up by the next sweep. */
@Injectable()
export class ReleasePins {
  constructor(
    private readonly pins: PinStore,
    private readonly contents: ContentRelease,
  ) {}

  async run(limit: number): Promise<void> {
    for (const pin of await this.pins.removed(limit)) await this.one(pin);
  }

  async one(pin: PinRecord): Promise<void> {
    if (pin.contentId !== null) await this.contents.release(pin.contentId);
    await this.pins.purge(pin.requestId);
  }
}
