import { sql } from '../../platform/prisma/index.js';

/** One kind of measurement of one miner since some time. Times in ms; null where nothing was measured. */
export interface KindFigures {
  kind: string;
  count: bigint;
  ok: bigint;
  p50: number | null;
  p90: number | null;
  bytes: bigint;
  /** Bytes per second over all successful measurements of the kind that took time. */
  speed: number | null;
}

/** Medians and percentiles are over successes alone: a failure took as long as somebody waited. */
export const BY_KIND = sql<KindFigures, [miner: string, since: Date]>(`
  SELECT kind, count(*) AS count, count(*) FILTER (WHERE ok) AS ok,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE ok) AS p50,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY ms) FILTER (WHERE ok) AS p90,
    coalesce(sum(bytes), 0)::bigint AS bytes,
    (sum(bytes) FILTER (WHERE ok AND ms > 0) * 1000.0 / nullif(sum(ms) FILTER (WHERE ok AND ms > 0 AND bytes > 0), 0))::float8 AS speed
  FROM measurements WHERE miner = $1 AND at >= $2 GROUP BY kind ORDER BY kind`);

/** Null where the event said nothing. */
export interface FailureCount {
  phase: string | null;
  reason: string | null;
  count: bigint;
}

/** The most frequent first. */
export const FAILURES = sql<FailureCount, [miner: string, since: Date]>(`
  SELECT phase, reason, count(*) AS count FROM measurements
  WHERE miner = $1 AND kind = 'failure' AND at >= $2 GROUP BY 1, 2 ORDER BY 3 DESC`);
