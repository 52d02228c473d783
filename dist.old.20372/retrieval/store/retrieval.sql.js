import { sql } from '../../platform/prisma/index.js';
/** Over all retrievals; `bytes` and `first` (the median, ms) over those that were stored. */ export const FIGURES = sql(`
  SELECT count(*) AS total, count(*) FILTER (WHERE live) AS live, count(*) FILTER (WHERE state = 'stored') AS stored,
    count(*) FILTER (WHERE state = 'failed') AS failed, coalesce(sum(bytes) FILTER (WHERE state = 'stored'), 0)::bigint AS bytes,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY first_byte_ms) FILTER (WHERE state = 'stored') AS first
  FROM retrievals`);
/** How often each of these miners is named by the reasons of retrievals since then. */ export const RECENT_FAILURES = sql(`
  SELECT reason->>'miner' AS miner, count(*) AS failures FROM retrievals, jsonb_array_elements(reasons) AS reason
  WHERE updated_at > $1 AND reason->>'miner' = ANY($2::text[]) GROUP BY 1`);

//# sourceMappingURL=retrieval.sql.js.map
