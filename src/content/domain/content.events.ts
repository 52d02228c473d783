import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';

const cid = z.string();
const id = z.string();

/** Contents became durable; one event for all that committed together. */
export const contentStored = defineEvent(
  'content.stored',
  z.object({
    contents: z.array(z.object({ contentId: id, userId: id, cid, size: z.number() })),
  }),
);

/**
 * A reference ended. `freedBytes`: what the disk has back at once; 0 while others refer to the same DAG. `size`: of the
 * content.
 */
export const contentDeleted = defineEvent(
  'content.deleted',
  z.object({ contentId: id, userId: id, cid, freedBytes: z.number(), size: z.number().optional() }),
);

/** The DAG left this node and is with miners alone; its contents stay. `root` is CIDv1 text. */
export const contentOffloaded = defineEvent('content.offloaded', z.object({ root: cid, freedBytes: z.number() }));

/** A retrieved DAG is hot again. */
export const contentRestored = defineEvent('content.restored', z.object({ root: cid, bytes: z.number() }));
