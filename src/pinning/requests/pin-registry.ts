import { Inject, Injectable } from '@nestjs/common';
import { ContentNotFound, DeleteContent } from '../../content/index.js';
import type { ContentId, PinRequestId, UserId } from '../../shared/index.js';
import type { PinFilter, PinRecord } from '../pin.js';
import { PinNotFound } from '../pinning.errors.js';
import { PinStore } from './pin-store.port.js';

/** Pins by request id and by the id of their content. */
export interface PinsById {
  byRequest: Map<string, PinRecord>;
  byContent: Map<string, PinRecord>;
}

/** The pins that accounts have: found, listed, removed. Another account's pin is not there for any of these. */
@Injectable()
export class PinRegistry {
  constructor(
    private readonly pins: PinStore,
    @Inject(DeleteContent) private readonly deleteContent: { run(contentId: ContentId): Promise<unknown> },
  ) {}

  /** @throws PinNotFound, also for another account's. */
  async find(userId: UserId, requestId: PinRequestId): Promise<PinRecord> {
    const pin = await this.pins.find(userId, requestId);
    if (!pin) throw new PinNotFound(requestId);
    return pin;
  }

  /**
   * The caller's pins of certain request ids and contents, to be looked up by either; ids that are not there are left
   * out.
   */
  async findMany(userId: UserId, ids: { requestIds: string[]; contentIds: string[] }): Promise<PinsById> {
    const found = await this.pins.findAll(userId, ids);
    return {
      byRequest: new Map(found.map((pin) => [pin.requestId as string, pin])),
      byContent: new Map(found.flatMap((pin) => (pin.contentId === null ? [] : [[pin.contentId as string, pin]]))),
    };
  }

  /** A page, newest first, and the number of all that match. */
  list(userId: UserId, filter: PinFilter): Promise<{ count: number; pins: PinRecord[] }> {
    return this.pins.list(userId, filter);
  }

  /**
   * Unpins: from this moment there is no such pin, and whoever fetches it stops. Its content goes with it, before the
   * answer (Estuary's D14).
   * @throws PinNotFound
   */
  async remove(userId: UserId, requestId: PinRequestId): Promise<void> {
    const pin = await this.pins.remove(userId, requestId);
    if (!pin) throw new PinNotFound(requestId);
    await this.release(pin);
  }

  /**
   * Lets go the contents of up to so many removed pins, then forgets the pins. Cut off anywhere, it is taken up by the
   * next call.
   */
  async releaseRemoved(limit: number): Promise<void> {
    for (const pin of await this.pins.removed(limit)) await this.release(pin);
  }

  /** The content was deleted by other means: its pin goes too. Harmless twice. */
  forgetContent(contentId: ContentId): Promise<void> {
    return this.pins.removeOf(contentId);
  }

  /** A pin's reference is a content like any other, and ends like one. */
  private async release({ contentId, requestId }: PinRecord): Promise<void> {
    try {
      if (contentId !== null) await this.deleteContent.run(contentId);
    } catch (error) {
      if (!(error instanceof ContentNotFound)) throw error;
    }
    await this.pins.purge(requestId);
  }
}
