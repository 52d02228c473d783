import { Inject, Injectable } from '@nestjs/common';
import { AppLogger } from '../../platform/logging/index.js';
import { RoomQueue, roomQueueToken } from '../../platform/queue/index.js';
import { messageOf } from '../../shared/index.js';
import { FetchQueue } from '../ports/fetch-queue.port.js';
import type { WaitingPin } from '../ports/pin-leases.port.js';
import { pinningQueue } from './pinning.queue.js';

@Injectable()
export class BullFetchQueue extends FetchQueue {
  constructor(
    @Inject(roomQueueToken(pinningQueue)) private readonly queue: RoomQueue<typeof pinningQueue.jobs>,
    private readonly logger: AppLogger,
  ) {
    super();
  }

  async wake(pins: WaitingPin[], delayMs?: number): Promise<void> {
    const payloads = pins.map(({ requestId, attempts }) => ({ requestId, attempt: attempts }));
    try {
      await this.queue.addMany('fetch', payloads, delayMs === undefined ? {} : { delayMs });
    } catch (error) {
      this.logger.warn({ pins: pins.length, error: messageOf(error) }, 'the queue takes no pins; the sweep will find them');
    }
  }
}
