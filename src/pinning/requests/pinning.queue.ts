import { z } from 'zod';
import { defineQueue, job } from '../../platform/queue/index.js';

export const pinningQueue = defineQueue('pinning', {
  /** A wake-up: there are pins to fetch. One waits at a time, whatever number of pins it stands for; which of them is next is told by their rows. */
  fetch: job({ payload: z.object({}), jobId: () => 'fetch', options: { attempts: 1 }, concurrency: 1 }),
});
