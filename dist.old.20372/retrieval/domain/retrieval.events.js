import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';
/** One try at one source; without an id where a piece was retrieved for a repair. */ export const retrievalAttempted = defineEvent('retrieval.attempted', z.object({
    retrievalId: z.string().nullable(),
    root: z.string(),
    miner: z.string().nullable(),
    source: z.string(),
    ok: z.boolean(),
    phase: z.string().nullable(),
    reason: z.string().nullable(),
    firstByteMs: z.number().nullable(),
    /** Of this try; bytes are those that came over the wire, verified or not. */ durationMs: z.number(),
    bytes: z.number()
}));
/** A retrieval is over: stored, or failed with all its miners. */ export const retrievalFinished = defineEvent('retrieval.finished', z.object({
    retrievalId: z.string(),
    root: z.string(),
    ok: z.boolean(),
    miner: z.string().nullable(),
    bytes: z.number(),
    durationMs: z.number()
}));

//# sourceMappingURL=retrieval.events.js.map
