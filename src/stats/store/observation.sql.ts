import { sql, type Statement } from '../../platform/prisma/index.js';

/** Adds to rows of an hour, one per (channel, direction, subject, account); the arrays are as long as each other. */
export const ADD_BANDWIDTH = sql<
  never,
  [
    hour: Date,
    channels: readonly string[],
    directions: readonly string[],
    subjects: readonly string[],
    userIds: readonly string[],
    bytes: readonly number[],
    requests: readonly number[],
  ]
>(`
  INSERT INTO bandwidth_hours (hour, channel, direction, subject, user_id, bytes, requests)
  SELECT $1::timestamptz, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[])
  ON CONFLICT (hour, channel, direction, subject, user_id)
  DO UPDATE SET bytes = bandwidth_hours.bytes + excluded.bytes, requests = bandwidth_hours.requests + excluded.requests`);

/** The counters of a miner's day. */
export type DayCounter =
  'proposals' | 'accepted' | 'published' | 'active' | 'failed' | 'slashed' | 'retrievals' | 'retrievals_failed';

/** One more in a counter of a miner's day, and bytes. */
export function addToDay(counter: DayCounter): Statement<never, [miner: string, day: string, bytes: number]> {
  return sql(`
    INSERT INTO miner_days (miner, day, ${counter}, bytes) VALUES ($1, $2::date, 1, $3)
    ON CONFLICT (miner, day) DO UPDATE SET ${counter} = miner_days.${counter} + 1, bytes = miner_days.bytes + excluded.bytes`);
}
