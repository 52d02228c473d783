import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';

export const pinChanged = defineEvent('pin.changed', z.object({
  requestId: z.string(), userId: z.string(), cid: z.string(), status: z.enum(['queued', 'pinning', 'pinned', 'failed']), reason: z.string().nullable(),
}));
