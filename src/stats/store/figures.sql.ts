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

/** What happened to deals on one day; a deal counts in several columns as it goes. */
export interface DealDay {
  /** The UTC day. */
  time: Date;
  dealsAttempted: bigint;
  dealsOnChain: bigint;
  dealsSealed: bigint;
  dealsFailed: bigint;
}

/** Days without any event are left out. */
export const DEALS_BY_DAY = sql<DealDay, []>(`
  SELECT date_trunc('day', at AT TIME ZONE 'UTC') AS time,
    count(*) FILTER (WHERE kind = 'proposal') AS "dealsAttempted",
    count(*) FILTER (WHERE kind = 'publish') AS "dealsOnChain",
    count(*) FILTER (WHERE kind = 'seal') AS "dealsSealed",
    count(*) FILTER (WHERE kind = 'failure') AS "dealsFailed"
  FROM measurements WHERE kind IN ('proposal', 'publish', 'seal', 'failure')
  GROUP BY 1 ORDER BY 1`);

/** Of all subjects and accounts together. */
export interface BandwidthHour {
  hour: Date;
  channel: string;
  direction: string;
  bytes: bigint;
  requests: bigint;
}

/** Newest hour first. */
export const BANDWIDTH = sql<BandwidthHour, [since: Date]>(`
  SELECT hour, channel, direction, sum(bytes)::bigint AS bytes, sum(requests)::bigint AS requests
  FROM bandwidth_hours WHERE hour >= $1 GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3`);

/** Both ways out to readers; transfers to miners are not reading. */
export const EGRESS_OF = sql<{ bytes: bigint; requests: bigint }, [root: string]>(`
  SELECT coalesce(sum(bytes), 0)::bigint AS bytes, coalesce(sum(requests), 0)::bigint AS requests
  FROM bandwidth_hours WHERE subject = $1 AND direction = 'out' AND channel IN ('gateway', 'bitswap')`);

/** On all channels; by index (user_id, hour). */
export const TRAFFIC_OF = sql<{ received: bigint; sent: bigint }, [userId: string]>(`
  SELECT coalesce(sum(bytes) FILTER (WHERE direction = 'in'), 0)::bigint AS received,
    coalesce(sum(bytes) FILTER (WHERE direction = 'out'), 0)::bigint AS sent
  FROM bandwidth_hours WHERE user_id = $1`);

/** Since the platform began. */
export const TRAFFIC_TOTALS = sql<{ uploaded: bigint; served: bigint }, []>(`
  SELECT coalesce(sum(bytes) FILTER (WHERE channel = 'upload' AND direction = 'in'), 0)::bigint AS uploaded,
    coalesce(sum(bytes) FILTER (WHERE channel = 'gateway' AND direction = 'out'), 0)::bigint AS served
  FROM bandwidth_hours WHERE channel IN ('upload', 'gateway')`);
