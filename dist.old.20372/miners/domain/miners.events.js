import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';
export const minerSuspended = defineEvent('miner.suspended', z.object({
    miner: z.string(),
    reason: z.string(),
    until: z.string().nullable()
}));
export const minerUnsuspended = defineEvent('miner.unsuspended', z.object({
    miner: z.string()
}));

//# sourceMappingURL=miners.events.js.map
