import { Inject, Injectable } from '@nestjs/common';
import { type RoomQueue, roomQueueToken } from '../../platform/queue/index.js';
import { retrievalQueue } from '../jobs/retrieval.queue.js';
import { RetrievalStore } from '../ports/retrieval-store.port.js';

const BATCH = 100;

/** Finds retrievals that nobody works on: the queue forgot them, or their worker died. */
@Injectable()
export class SweepRetrievals {
  constructor(
    private readonly store: RetrievalStore,
    @Inject(roomQueueToken(retrievalQueue)) private readonly queue: RoomQueue<typeof retrievalQueue.jobs>,
  ) {}

  async run(): Promise<number> {
    const lost = await this.store.unheld(BATCH);
    if (lost.length > 0)
      await this.queue.addMany(
        'fetch',
        lost.map(({ id, attempts }) => ({ retrievalId: id, attempts })),
      );
    return lost.length;
  }
}
