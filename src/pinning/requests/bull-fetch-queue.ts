import { Inject, Injectable } from '@nestjs/common';
import { AppLogger } from '../../platform/logging/index.js';
import { RoomQueue, roomQueueToken } from '../../platform/queue/index.js';
import { messageOf } from '../../shared/index.js';
import { FetchQueue } from './fetch-queue.port.js';
import { pinningQueue } from './pinning.queue.js';

@Injectable()
export class BullFetchQueue extends FetchQueue {
  constructor(
    @Inject(roomQueueToken(pinningQueue)) private readonly queue: RoomQueue<typeof pinningQueue.jobs>,
    private readonly logger: AppLogger,
  ) {
    super();
  }

  async wake(): Promise<void> {
    try {
      await this.queue.add('fetch', {});
    } catch (error) {
      this.logger.warn(
        { error: messageOf(error) },
        'the queue takes no wake-up; workers look by themselves within a second',
      );
    }
  }
}
