import { sql } from '../../platform/prisma/index.js';

/**
 * A run of another DAG goes over the beginning of a run of this one: they came in one CAR, and one of them at least has
 * runs over more than is its own. A segment has tens of thousands of runs, of which the nearest are looked at: a CAR has
 * no more than a thousand roots.
 */
const SHARING = `
FROM runs r CROSS JOIN LATERAL (
  SELECT n.dag_id, n.copy, n."offset" + n.length AS ends FROM runs n WHERE n.car_id = r.car_id AND n."offset" <= r."offset"
  ORDER BY n."offset" DESC LIMIT 2000) AS o
WHERE r.dag_id = $1 AND o.dag_id <> $1 AND o.ends > r."offset"`;

/**
 * Before its runs go: those that have runs over what was its alone. Each once, and nobody waits for another one's row:
 * two at the same time are one too many, and do no harm.
 */
export const ADD_TRIMS = sql<never, [dagId: bigint]>(`
INSERT INTO trims (dag_id) SELECT DISTINCT o.dag_id ${SHARING}
  AND EXISTS (SELECT FROM dags d WHERE d.id = o.dag_id AND d.whole AND o.copy >= d.trimmed_copies)
  AND NOT EXISTS (SELECT FROM trims t WHERE t.dag_id = o.dag_id)`);

/** This one, where it may have runs over more than is its own. */
export const ADD_TRIM_OF = sql<never, [dagId: bigint]>(`
INSERT INTO trims (dag_id) SELECT d.id FROM dags d
WHERE d.id = $1 AND d.whole AND NOT EXISTS (SELECT FROM trims t WHERE t.dag_id = d.id)
  AND EXISTS (SELECT ${SHARING} AND r.copy >= d.trimmed_copies)`);

export interface DueTrimRow {
  dag_id: bigint;
  root: string;
  size: bigint;
  trims: bigint[];
}

/** Of this node: with a run in a CAR that lies at this place. */
export const DUE_TRIMS = sql<DueTrimRow, [place: string, limit: number]>(`
SELECT d.id AS dag_id, d.root, d.size, array_agg(t.id) AS trims FROM trims t JOIN dags d ON d.id = t.dag_id
WHERE t.due_at <= now() AND d.hot AND d.whole AND EXISTS (SELECT FROM runs r
  JOIN car_copies k ON k.car_id = r.car_id AND k.place = $1 AND k.state IN ('writing', 'verified') WHERE r.dag_id = d.id)
GROUP BY d.id, d.root, d.size ORDER BY min(t.id) LIMIT $2`);

export const POSTPONE_TRIMS = sql<never, [ids: readonly bigint[], seconds: number]>(
  `UPDATE trims SET due_at = now() + $2::int * interval '1 second' WHERE id = ANY ($1::bigint[])`,
);

export const FORGET_TRIMS = sql<never, [ids: readonly bigint[]]>('DELETE FROM trims WHERE id = ANY ($1::bigint[])');

/** What is gone has nothing to trim. */
export const FORGET_TRIMS_OF = sql<never, [dagId: bigint]>('DELETE FROM trims WHERE dag_id = $1');
