import { z } from 'zod';
import { defineEvent } from '../platform/outbox/index.js';
/**
 * From the first claim on. That a pin was asked for is no event: nobody has to hear of it, and there are thousands a
 * second.
 */ export const pinChanged = defineEvent('pin.changed', z.object({
    requestId: z.string(),
    userId: z.string(),
    cid: z.string(),
    status: z.enum([
        'queued',
        'pinning',
        'pinned',
        'failed'
    ]),
    reason: z.string().nullable()
}));
/** Wakes workers when there may be pins to fetch. It carries nothing: which pins those are is told by their rows. */ export const PINS_DUE_CHANNEL = 'tidewater_pins_due';

//# sourceMappingURL=pinning.events.js.map
