import { sql } from '../../platform/prisma/index.js';

/**
 * One row, made by looking at every content that is not deleted: not for the path of a request. `bytes` counts a DAG
 * once for each content that refers to it.
 */
export const CONTENT_TOTALS = sql<{ contents: bigint; bytes: bigint }, []>(`
  SELECT count(*) AS contents, coalesce(sum(size), 0)::bigint AS bytes FROM contents WHERE deleted_at IS NULL`);

/**
 * The oldest content of each of these DAGs says whose it is. At most one row per DAG, in no order; by the index on
 * `dag_id`.
 */
export const OWNERS = sql<{ dag_id: bigint; user_id: string }, [dagIds: readonly bigint[]]>(`
  SELECT dag.id AS dag_id, oldest.user_id::text FROM unnest($1::bigint[]) AS dag (id)
  CROSS JOIN LATERAL (SELECT user_id FROM contents WHERE dag_id = dag.id ORDER BY contents.id LIMIT 1) AS oldest`);
