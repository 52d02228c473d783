import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { defineQueue, job, RoomQueue, roomQueueToken } from '../../platform/queue/index.js';

/**
 * `due`: which occasion asked. The same occasion asks once, another is not blocked by a job that died with its worker.
 */
const forPiece = z.object({ carId: z.uuid(), due: z.string() });

/**
 * Hashing: long jobs, a few at a time, so that they hold up nothing else. The row remembers failures, so a job is tried
 * once.
 */
export const piecesQueue = defineQueue('pieces', {
  commit: job({
    payload: forPiece,
    jobId: ({ carId, due }) => `commit-${carId}-${due}`,
    options: { attempts: 1 },
    concurrency: 2,
  }),
});

/** Making deals of one piece; the row remembers failures, so a job is tried once. */
export const dealsQueue = defineQueue('deals', {
  replicate: job({
    payload: forPiece,
    jobId: ({ carId, due }) => `replicate-${carId}-${due}`,
    options: { attempts: 1 },
    concurrency: 8,
  }),
});

/** Puts pieces into the queues. A job that is lost is put there again by the sweep, which reads rows. */
@Injectable()
export class PieceJobs {
  constructor(
    @Inject(roomQueueToken(piecesQueue)) private readonly pieces: RoomQueue<typeof piecesQueue.jobs>,
    @Inject(roomQueueToken(dealsQueue)) private readonly deals: RoomQueue<typeof dealsQueue.jobs>,
  ) {}

  /** commP is to be computed. */
  async commit(...pieces: z.output<typeof forPiece>[]): Promise<void> {
    if (pieces.length > 0) await this.pieces.addMany('commit', pieces);
  }

  /** Deals may be missing. */
  async replicate(...pieces: z.output<typeof forPiece>[]): Promise<void> {
    if (pieces.length > 0) await this.deals.addMany('replicate', pieces);
  }
}
