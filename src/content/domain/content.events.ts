import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';
import { dealTermsSchema } from './deal-terms.js';

const cid = z.string();
const id = z.string();

/** Contents became durable; one event for all that committed together. */
export const contentStored = defineEvent(
  'content.stored',
  z.object({
    contents: z.array(z.object({ contentId: id, userId: id, cid, size: z.number() })),
  }),
);

export const contentDeleted = defineEvent(
  'content.deleted',
  z.object({ contentId: id, userId: id, cid, freedBytes: z.number() }),
);

/** No content refers to this DAG any more: it is to be withdrawn. */
export const dagGone = defineEvent('dag.gone', z.object({ root: cid }));

export const contentOffloaded = defineEvent('content.offloaded', z.object({ root: cid, freedBytes: z.number() }));

/** A retrieved DAG is hot again. */
export const contentRestored = defineEvent('content.restored', z.object({ root: cid, bytes: z.number() }));

/** A CAR is finished and will never change: it is a piece now. */
export const carSealed = defineEvent(
  'car.sealed',
  z.object({
    carId: id,
    root: cid,
    carBytes: z.number(),
    kind: z.enum(['segment', 'single']),
    terms: dealTermsSchema.nullable(),
    userId: id.nullable(),
  }),
);

/** Nothing in this CAR is wanted any more; its file is gone. */
export const carGone = defineEvent('car.gone', z.object({ carId: id }));
