import { z } from 'zod';
/**
 * `{"/": "baf..."}`. Not every node puts a CID there (Ganache writes a sentence), so it is text until somebody needs a
 * CID.
 */ export const wireCid = z.object({
    '/': z.string()
}).transform((link)=>link['/']);
/** FIL and other big numbers, decimal text. */ export const wireBigInt = z.string().regex(/^-?\d+$/).transform((text)=>BigInt(text));
/** Go's uint64 in JSON: a whole number, or a bigint when it is too long for one. Anything else is another shape. */ export const wireUint64 = z.union([
    z.number().int(),
    z.bigint()
]).transform((value)=>BigInt(value));
export const wireEpoch = z.number().int();
/** -1 is Go's "not yet". */ export const wireEpochOrNever = wireEpoch.transform((epoch)=>epoch < 0 ? null : epoch);
/** TipSetKey of "the head, whatever it is now". */ export const HEAD = [];

//# sourceMappingURL=wire-shapes.js.map
