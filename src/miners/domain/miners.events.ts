import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';

/** No new deals with this miner. `until`: ISO 8601, null until somebody lifts it. */
export const minerSuspended = defineEvent(
  'miner.suspended',
  z.object({ miner: z.string(), reason: z.string(), until: z.string().nullable() }),
);
/** It may be asked again. Announced also where it was not suspended. */
export const minerUnsuspended = defineEvent('miner.unsuspended', z.object({ miner: z.string() }));
