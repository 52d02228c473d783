import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';
import { dealTermsSchema } from '../../shared/index.js';
const cid = z.string();
const id = z.string();
/** Nobody refers to this DAG any more: it is to be withdrawn. */ export const dagGone = defineEvent('dag.gone', z.object({
    root: cid
}));
/** A CAR is finished and will never change: it is a piece now. */ export const carSealed = defineEvent('car.sealed', z.object({
    carId: id,
    root: cid,
    carBytes: z.number(),
    kind: z.enum([
        'segment',
        'single'
    ]),
    terms: dealTermsSchema.nullable(),
    userId: id.nullable()
}));
/** Nothing in this CAR is wanted any more; its file is gone. */ export const carGone = defineEvent('car.gone', z.object({
    carId: id
}));

//# sourceMappingURL=storage.events.js.map
