import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';

/** An account has used up the soft part of a quota; once, until it has room again. Bytes. */
export const quotaSoftLimit = defineEvent(
  'quota.soft-limit',
  z.object({
    userId: z.string(),
    quota: z.literal('bytes'),
    used: z.number(),
    soft: z.number(),
    hard: z.number(),
  }),
);
