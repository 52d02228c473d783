import { sql } from '../../platform/prisma/index.js';

/** Over all retrievals; `bytes` and `first` (the median, ms) over those that were stored. */
export const FIGURES = sql<
  { total: bigint; live: bigint; stored: bigint; failed: bigint; bytes: bigint; first: number | null },
  []
>(`
  SELECT count(*) AS total, count(*) FILTER (WHERE live) AS live, count(*) FILTER (WHERE state = 'stored') AS stored,
    count(*) FILTER (WHERE state = 'failed') AS failed, coalesce(sum(bytes) FILTER (WHERE state = 'stored'), 0)::bigint AS bytes,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY first_byte_ms) FILTER (WHERE state = 'stored') AS first
  FROM retrievals`);

/** How often each of these miners is named by the reasons of retrievals since then; what was our own fault is not counted. */
export const RECENT_FAILURES = sql<{ miner: string; failures: bigint }, [since: Date, miners: readonly string[]]>(`
  SELECT reason->>'miner' AS miner, count(*) AS failures FROM retrievals, jsonb_array_elements(reasons) AS reason
  WHERE updated_at > $1 AND reason->>'miner' = ANY($2::text[]) AND reason->>'fault' IS NULL GROUP BY 1`);

/** The newest retrieval of each root that had begun by then; `at`: which one of them it is of, from 1. */
export const NEWEST_OF = sql<{ at: number; id: string }, [roots: readonly string[], before: readonly (Date | null)[]]>(`
  SELECT a.at::int AS at, r.id::text AS id FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS a(root, before, at)
  CROSS JOIN LATERAL (SELECT id FROM retrievals WHERE root = a.root AND (a.before IS NULL OR created_at <= a.before)
    ORDER BY created_at DESC LIMIT 1) AS r`);
