import { z } from 'zod';
import { defineEvent } from '../platform/outbox/index.js';

/** From the first claim on. That a pin was asked for is no event: nobody has to hear of it, and there are thousands a second. */
export const pinChanged = defineEvent(
  'pin.changed',
  z.object({
    requestId: z.string(),
    userId: z.string(),
    cid: z.string(),
    status: z.enum(['queued', 'pinning', 'pinned', 'failed']),
    reason: z.string().nullable(),
  }),
);
