import { sql } from '../../platform/prisma/index.js';
import { isRequestId } from './pins.sql.js';
/**
 * A page of an account's pins, newest first, and the number of all that match, out of one snapshot: a row per pin with
 * `count` beside it, and one row without a pin when the page is empty.
 *
 * By status and time alone: one index scan per status, each of a page at most, and a count that is looked up
 * (countSql); flat, however many pins there are. Where certain pins are named by CID, request id or name, an index
 * leads to those, and they are counted. By a part of a name or by meta every pin of the account is looked at.
 */ export function listing(userId, filter) {
    const values = [];
    const bind = (given)=>`$${values.push(given)}`;
    if (filter.statuses.length === 0) return {
        statement: sql('SELECT 0::bigint AS count, NULL AS request_id'),
        values
    };
    const narrow = filter.cids !== undefined || filter.requestIds !== undefined || filter.name !== undefined || filter.meta !== undefined;
    const parts = narrow ? narrowed(userId, filter, bind) : plain(userId, filter, bind);
    return {
        statement: sql(`WITH ${parts} SELECT total.count, page.* FROM total LEFT JOIN page ON true ORDER BY page.created_at DESC`),
        values
    };
}
function plain(userId, filter, bind) {
    const [owner, limit] = [
        bind(userId),
        bind(filter.limit)
    ];
    const time = timeConditions(filter, bind).map((part)=>` AND ${part}`).join('');
    const scans = filter.statuses.map((status)=>`(SELECT * FROM pins WHERE user_id = ${owner} AND deleted_at IS NULL AND status = ${bind(status)}${time}
        ORDER BY created_at DESC LIMIT ${limit})`);
    return `page AS (SELECT * FROM (${scans.join(' UNION ALL ')}) scans ORDER BY created_at DESC LIMIT ${limit}),
    total AS (SELECT ${countSql(owner, filter, bind)} AS count)`;
}
/**
 * Materialised, or the planner might walk all pins from the newest on in the hope of a match (Estuary's D10: each part
 * stands alone between ANDs).
 */ function narrowed(userId, filter, bind) {
    const parts = [
        `user_id = ${bind(userId)}`,
        'deleted_at IS NULL',
        `status = ANY(${bind(filter.statuses)})`,
        ...timeConditions(filter, bind)
    ];
    if (filter.cids) parts.push(`cid_v1 = ANY(${bind(filter.cids)})`);
    if (filter.requestIds) parts.push(`request_id = ANY(${bind(filter.requestIds.filter(isRequestId))}::uuid[])`);
    if (filter.meta) parts.push(`meta @> ${bind(JSON.stringify(filter.meta))}::jsonb`);
    if (filter.name) parts.push(nameCondition(filter.name, bind));
    return `matches AS MATERIALIZED (SELECT request_id, created_at FROM pins WHERE ${parts.map((part)=>`(${part})`).join(' AND ')}),
    total AS (SELECT count(*) AS count FROM matches),
    page AS (SELECT pins.* FROM (SELECT request_id FROM matches ORDER BY created_at DESC LIMIT ${bind(filter.limit)}) newest
      JOIN pins USING (request_id))`;
}
function timeConditions({ before, after }, bind) {
    return [
        ...before ? [
            `created_at < ${bind(before)}`
        ] : [],
        ...after ? [
            `created_at > ${bind(after)}`
        ] : []
    ];
}
/**
 * strpos rather than LIKE: a name may hold % and _. One index, over lower(name), serves both ways to name a pin whole.
 */ function nameCondition({ text, match }, bind) {
    const given = `${bind(text)}::text`;
    switch(match){
        case 'exact':
            return `lower(name) = lower(${given}) AND name = ${given}`;
        case 'iexact':
            return `lower(name) = lower(${given})`;
        case 'partial':
            return `strpos(name, ${given}) > 0`;
        case 'ipartial':
            return `strpos(lower(name), lower(${given})) > 0`;
    }
}
/** Levels of the sums by time: buckets of so many bits of `created_at` in milliseconds (count-pins.sql). */ const BITS = [
    12n,
    20n,
    28n,
    36n
];
const TOP = BITS.length - 1;
/**
 * An expression: how many pins of these statuses lie strictly between `after` and `before`. Exact, and no more than
 * some hundreds of rows to read.
 */ function countSql(owner, { statuses, before, after }, bind) {
    const of = `user_id = ${owner} AND status = ANY(${bind(statuses)})`;
    const upper = before ? earlierThan(BigInt(before.getTime()), of, bind) : sumOf(`${of} AND level = ${TOP}`, of);
    const lower = after ? ` - (${earlierThan(BigInt(after.getTime()) + 1n, of, bind)})` : '';
    return `greatest(0, ${upper}${lower})::bigint`;
}
/** Whole buckets from the largest down to the smallest, then the rows of the smallest that the moment cuts in two. */ function earlierThan(moment, of, bind) {
    const [finest] = BITS;
    const levels = BITS.map((bits, level)=>{
        const above = BITS[level + 1];
        const from = above === undefined ? '' : ` AND bucket >= ${bind(moment >> above << above - bits)}`;
        return `(level = ${level}${from} AND bucket < ${bind(moment >> bits)})`;
    });
    const edge = moment >> finest << finest;
    return `${sumOf(`${of} AND (${levels.join(' OR ')})`, `${of} AND bucket < ${bind(moment >> finest)}`)}
    + (SELECT count(*) FROM pins WHERE ${of} AND deleted_at IS NULL
      AND created_at >= ${bind(new Date(Number(edge)))} AND created_at < ${bind(new Date(Number(moment)))})`;
}
/** The sums, and what was not added to them yet. */ function sumOf(tallies, deltas) {
    return `(SELECT coalesce(sum(pins), 0) FROM pin_tallies WHERE ${tallies})
    + (SELECT coalesce(sum(pins), 0) FROM pin_deltas WHERE ${deltas})`;
}

//# sourceMappingURL=pin-list.sql.js.map
