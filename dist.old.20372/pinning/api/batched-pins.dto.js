import { z } from 'zod';
import { InvalidInput, parseInput } from '../../platform/http/index.js';
import { DomainError } from '../../shared/index.js';
import { pinSchema } from './pin.dto.js';
/** More is several calls. */ export const MOST_IN_A_BATCH = 10_000;
const batch = z.array(z.unknown(), 'must be an array of pins').min(1, 'must not be empty').max(MOST_IN_A_BATCH, `at most ${MOST_IN_A_BATCH} at a time`);
/** Each item by itself: what it asks for, or why not. @throws InvalidInput when it is no batch at all. */ export function readBatch(body) {
    // Not by parseInput: text that cannot be kept is the failure of its own item.
    const items = batch.safeParse(body);
    if (!items.success) throw new InvalidInput(items.error.issues.map((issue)=>issue.message).join('; '));
    return items.data.map((item)=>{
        try {
            return parseInput(pinSchema, item);
        } catch (error) {
            if (error instanceof DomainError) return failureOf(error);
            throw error;
        }
    });
}
/** The failure as one item of a batch answers it. */ export const failureOf = (error)=>({
        error: {
            reason: error.code,
            details: error.message
        }
    });
export const isFailure = (item)=>'error' in item;
const id = z.union([
    z.string(),
    z.number()
]).transform(String);
const asked = z.union([
    z.object({
        requestid: id
    }),
    z.object({
        content_id: id
    })
]);
export const askedPins = z.array(asked, 'must be an array of {content_id} or {requestid}').max(MOST_IN_A_BATCH, `at most ${MOST_IN_A_BATCH} at a time`);
const commas = z.union([
    z.string(),
    z.array(z.string())
]).optional().transform((given)=>[
        given ?? []
    ].flat().flatMap((text)=>text.split(',')).filter((text)=>text !== ''));
/** The same in the query, for clients that cannot send a body with a GET. */ export const askedInQuery = z.object({
    requestid: commas,
    content_id: commas
}).transform((query)=>[
        ...query.requestid.map((requestid)=>({
                requestid
            })),
        ...query.content_id.map((content)=>({
                content_id: content
            }))
    ]);

//# sourceMappingURL=batched-pins.dto.js.map
