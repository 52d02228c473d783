import { z } from 'zod';
import { canonicalCid, parseCid } from '../../shared/index.js';
import { NAME_MATCHES, PIN_STATUSES } from '../pin.js';
import { InvalidPinStatus } from '../pinning.errors.js';
import { metaSchema, storedText } from './pin.dto.js';
/** One value with commas (the specification's form), repeats of the parameter, or both. */ const list = z.union([
    z.string(),
    z.array(z.string())
]).transform((given)=>[
        given
    ].flat().flatMap((text)=>text.split(',')).map((text)=>text.trim()));
const cids = list.transform((texts, context)=>{
    const parsed = texts.map((text)=>parseCid(text));
    if (parsed.some((cid)=>cid === null)) context.addIssue({
        code: 'custom',
        message: 'is not a list of CIDs'
    });
    const distinct = [
        ...new Set(parsed.flatMap((cid)=>cid ? [
                canonicalCid(cid)
            ] : []))
    ];
    if (distinct.length > 10) context.addIssue({
        code: 'custom',
        message: 'at most 10'
    });
    return distinct;
});
const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ]((?:[01]\d|2[0-3]):[0-5]\d:)([0-5]\d|60)(?:\.(\d+))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
/**
 * A second past the 59th is the next minute's first: leap seconds have no time of their own here. Null: no such day.
 */ function millisecondsOf([, day = '', minute = '', second = '', fraction = '', zone = '']) {
    const noon = new Date(`${day}T12:00:00Z`);
    if (Number.isNaN(noon.getTime()) || noon.toISOString().slice(0, 10) !== day) return null;
    const whole = Date.parse(`${day}T${minute}00${zone.toUpperCase()}`) + Number(second) * 1000;
    return whole + Number(fraction.slice(0, 3).padEnd(3, '0'));
}
/**
 * RFC 3339 down to the nanosecond (Kubo sends nine digits). `created` has milliseconds, so what lies between two of
 * them counts as the later one for `before` and as the earlier one for `after`: strictly before and strictly after,
 * both.
 */ const time = (between)=>z.string().transform((text, context)=>{
        // The + of a zone that was not encoded arrives as a space.
        const match = RFC3339.exec(text.replace(/ (?=\d{2}:\d{2}$)/, '+'));
        const ms = match && millisecondsOf(match);
        if (!match || ms === null) {
            context.addIssue({
                code: 'custom',
                message: 'is not an RFC 3339 date and time'
            });
            return z.NEVER;
        }
        const finer = /[1-9]/.test((match[4] ?? '').slice(3));
        return new Date(finer && between === 'later' ? ms + 1 : ms);
    });
const meta = z.string().transform((text, context)=>{
    try {
        return metaSchema.parse(JSON.parse(text));
    } catch  {
        context.addIssue({
            code: 'custom',
            message: 'is not a JSON object of strings'
        });
        return z.NEVER;
    }
});
const statuses = list.transform((texts)=>texts.map((text)=>{
        const status = PIN_STATUSES.find((known)=>known === text);
        if (!status) throw new InvalidPinStatus(`status: one or more of ${PIN_STATUSES.join(', ')}`);
        return status;
    }));
/**
 * Pinning Service API 1.0.0, GET /pins. Without `status` only pinned ones are listed, as the specification says, except
 * where certain pins are asked for by name, cid or request id: then in every status, as clients and the official suite
 * expect.
 */ export const pinQuerySchema = z.object({
    cid: cids.optional(),
    requestid: list.optional(),
    name: storedText(255).optional(),
    match: z.enum(NAME_MATCHES).default('exact'),
    status: statuses.optional(),
    before: time('later').optional(),
    after: time('earlier').optional(),
    limit: z.string().regex(/^\d+$/, 'is not a number').transform(Number).pipe(z.number().min(1).max(1000)).default(10),
    meta: meta.optional()
}).transform((query)=>{
    const certain = query.name !== undefined || query.cid !== undefined || query.requestid !== undefined;
    return {
        statuses: query.status ?? (certain ? [
            ...PIN_STATUSES
        ] : [
            'pinned'
        ]),
        limit: query.limit,
        ...query.cid ? {
            cids: query.cid
        } : {},
        ...query.requestid ? {
            requestIds: query.requestid
        } : {},
        ...query.name === undefined ? {} : {
            name: {
                text: query.name,
                match: query.match
            }
        },
        ...query.before ? {
            before: query.before
        } : {},
        ...query.after ? {
            after: query.after
        } : {},
        ...query.meta ? {
            meta: query.meta
        } : {}
    };
});

//# sourceMappingURL=pin-query.dto.js.map
