import { z } from 'zod';
import { defineQueue, job } from '../../platform/queue/index.js';

/**
 * More than PIN_CONCURRENCY: a fetch that still looks for its first block costs next to nothing and must not hold up those
 * that can be had. Only PIN_CONCURRENCY of them transfer at a time.
 */
const WAITING_AT_ONCE = 64;

export const pinningQueue = defineQueue('pinning', {
  /** A wake-up: work on the pin whose turn it is. The ids only keep one pin from waking two workers per attempt. */
  fetch: job({
    payload: z.object({ requestId: z.uuid(), attempt: z.number().int().min(0) }),
    jobId: ({ requestId, attempt }) => `fetch-${requestId}-${attempt}`,
    options: { attempts: 1 },
    concurrency: WAITING_AT_ONCE,
  }),
});
