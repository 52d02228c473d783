import { z } from 'zod';
import { defineQueue, job } from '../../platform/queue/index.js';

/** `due`: which occasion asked. The same occasion asks once, another is not blocked by a job that died with its worker. */
const forPiece = z.object({ carId: z.uuid(), due: z.string() });

/** Hashing: long jobs, a few at a time, so that they hold up nothing else. The row remembers failures, so a job is tried once. */
export const piecesQueue = defineQueue('pieces', {
  commit: job({
    payload: forPiece,
    jobId: ({ carId, due }) => `commit-${carId}-${due}`,
    options: { attempts: 1 },
    concurrency: 2,
  }),
});

export const dealsQueue = defineQueue('deals', {
  replicate: job({
    payload: forPiece,
    jobId: ({ carId, due }) => `replicate-${carId}-${due}`,
    options: { attempts: 1 },
    concurrency: 8,
  }),
});
