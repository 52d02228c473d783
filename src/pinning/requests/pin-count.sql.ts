import type { PinFilter } from '../pin.js';

export interface Query {
  text: string;
  /** From $1 on. */
  values: unknown[];
}

/** Takes a value in, and gives the place that stands for it in the text. */
export type Bind = (given: unknown) => string;

/** Levels of the tallies: buckets of so many bits of `created_at` in milliseconds (migration 0009). */
const BITS = [12n, 20n, 28n, 36n] as const;
const TOP = BITS.length - 1;

/** An expression: how many pins of these statuses lie strictly between `after` and `before`. Exact, and no more than some hundreds of rows to read. */
export function countSql(owner: string, { statuses, before, after }: PinFilter, bind: Bind): string {
  const of = `user_id = ${owner} AND status = ANY(${bind(statuses)})`;
  const upper = before ? earlierThan(BigInt(before.getTime()), of, bind) : sumOf(`${of} AND level = ${TOP}`, of);
  const lower = after ? ` - (${earlierThan(BigInt(after.getTime()) + 1n, of, bind)})` : '';
  return `greatest(0, ${upper}${lower})::bigint`;
}

/** Whole buckets from the largest down to the smallest, then the rows of the smallest that the moment cuts in two. */
function earlierThan(moment: bigint, of: string, bind: Bind): string {
  const [finest] = BITS;
  const levels = BITS.map((bits, level) => {
    const above = BITS[level + 1];
    const from = above === undefined ? '' : ` AND bucket >= ${bind((moment >> above) << (above - bits))}`;
    return `(level = ${level}${from} AND bucket < ${bind(moment >> bits)})`;
  });
  const edge = (moment >> finest) << finest;
  return `${sumOf(`${of} AND (${levels.join(' OR ')})`, `${of} AND bucket < ${bind(moment >> finest)}`)}
    + (SELECT count(*) FROM pins WHERE ${of} AND deleted_at IS NULL AND created_at >= ${bind(new Date(Number(edge)))} AND created_at < ${bind(new Date(Number(moment)))})`;
}

/** The tallies, and what was not added to them yet. */
function sumOf(tallies: string, deltas: string): string {
  return `(SELECT coalesce(sum(pins), 0) FROM pin_tallies WHERE ${tallies}) + (SELECT coalesce(sum(pins), 0) FROM pin_deltas WHERE ${deltas})`;
}
