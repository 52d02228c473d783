import { z } from 'zod';
import { defineQueue, job } from '../../platform/queue/index.js';
/** What this room can be asked to do later. */ export const retrievalQueue = defineQueue('retrieval', {
    fetch: job({
        payload: z.object({
            retrievalId: z.uuid(),
            attempts: z.number().int()
        }),
        // One job per take-up: a retrieval whose worker died gets another id, whatever became of the first job.
        jobId: ({ retrievalId, attempts })=>`fetch-${retrievalId}-${attempts}`,
        concurrency: 8
    })
});

//# sourceMappingURL=retrieval.queue.js.map
