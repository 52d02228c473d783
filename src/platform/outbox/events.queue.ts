import { z } from 'zod';
import { defineQueue, job } from '../queue/index.js';

/** Attempts of one job take seconds; what fails for longer comes back with the sweep (claimStale). */
export const eventsQueue = defineQueue('events', {
  deliver: job({
    payload: z.object({ subscriber: z.string(), ids: z.array(z.string()).min(1), round: z.string() }),
    // One id names the job, two a stretch; ':' and bare numbers are BullMQ's own.
    jobId: ({ subscriber, ids, round }) =>
      `evt-${[...new Set([ids[0], ids.at(-1)])].join('-')}-${subscriber.replaceAll(/[.:]/g, '_')}-${round}`,
    options: { attempts: 5, backoff: { type: 'exponential', delay: 500 } },
    concurrency: 8,
  }),
});
