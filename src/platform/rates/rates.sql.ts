import { sql } from '../prisma/index.js';

/**
 * Leases parts of budgets, which are made full when they are first asked for. Rows are locked in the order of their
 * subjects. `at` never goes back: a statement that waited for a row came with an older time.
 */
export const LEASE_RATES = sql<
  { subject: string; granted: number; remaining: number },
  [subjects: readonly string[], perSecond: readonly number[], burst: readonly number[], want: readonly number[]]
>(
  `
INSERT INTO rate_budgets AS b (subject, per_second, burst, granted, tokens, at)
SELECT a.subject, a.per_second, a.burst, least(a.want, floor(a.burst)), a.burst - least(a.want, floor(a.burst)), clock_timestamp()
FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[]) AS a (subject, per_second, burst, want) ORDER BY a.subject
ON CONFLICT (subject) DO UPDATE SET
  per_second = excluded.per_second, burst = excluded.burst, at = greatest(b.at, excluded.at),
  granted = least(excluded.granted, floor(least(excluded.burst,
    b.tokens + greatest(0, extract(epoch FROM excluded.at - b.at)) * excluded.per_second))),
  tokens = least(excluded.burst, b.tokens + greatest(0, extract(epoch FROM excluded.at - b.at)) * excluded.per_second)
    - least(excluded.granted, floor(least(excluded.burst,
      b.tokens + greatest(0, extract(epoch FROM excluded.at - b.at)) * excluded.per_second)))
RETURNING b.subject, b.granted, b.tokens AS remaining`,
  { name: 'lease_rates' },
);

/** Budgets that nobody asked for in an hour are full, and need no row. */
export const FORGET_RATES = sql<never, []>("DELETE FROM rate_budgets WHERE at < now() - interval '1 hour'");
