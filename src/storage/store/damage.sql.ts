import { sql } from '../../platform/prisma/index.js';

/** DAGs that went cold in this transaction, after COOL_DAGS: their `damaged_at` is when it was found. */
export const ADD_FINDINGS = sql<
  never,
  [carId: string, place: string, kind: string, cause: string, dagIds: readonly bigint[]]
>(`
INSERT INTO damage_findings (found_at, car_id, place, kind, cause, dag_id, root)
SELECT d.damaged_at, $1::uuid, $2, $3, $4, d.id, d.root FROM dags d WHERE d.id = ANY ($5::bigint[]) ORDER BY d.id`);

/** Mended before any DAG went cold by it. */
export const ADD_MENDED = sql<never, [carId: string, place: string, cause: string]>(`
INSERT INTO damage_findings (car_id, place, kind, cause, outcome, ended_at)
VALUES ($1::uuid, $2, 'damaged', $3, 'mended', now())`);

/** These DAGs are hot again, or nobody wants them any more. */
export const END_FINDINGS = sql<never, [dagIds: readonly bigint[], outcome: string]>(`
UPDATE damage_findings SET outcome = $2, ended_at = now() WHERE dag_id = ANY ($1::bigint[]) AND outcome IS NULL`);

/** One finding for one DAG, or for a copy that was mended in time (`root` null). */
export interface FindingRow {
  id: bigint;
  found_at: Date;
  car_id: string;
  place: string;
  kind: string;
  cause: string;
  root: string | null;
  outcome: string;
  ended_at: Date | null;
}

/**
 * A DAG that is damaged bears the time of its finding until it is hot again. The uploads that make one hot end no
 * finding: their transaction has no statement to spare.
 */
const OUTCOME = `coalesce(f.outcome, CASE WHEN d.damaged_at = f.found_at THEN 'open' ELSE 'uploaded-again' END)`;

/** Newest first. */
export const FINDINGS_PAGE = sql<FindingRow, [outcome: string | null, before: bigint | null, limit: number]>(`
SELECT f.id, f.found_at, f.car_id::text, f.place, f.kind, f.cause, f.root, ${OUTCOME} AS outcome, f.ended_at
FROM damage_findings f LEFT JOIN dags d ON d.id = f.dag_id
WHERE ($1::text IS NULL OR ${OUTCOME} = $1) AND ($2::bigint IS NULL OR f.id < $2) ORDER BY f.id DESC LIMIT $3`);

/** No more than `most` are counted. */
export const FINDINGS_COUNT = sql<{ rows: number }, [outcome: string | null, most: number]>(`
SELECT count(*)::int AS rows FROM (SELECT FROM damage_findings f LEFT JOIN dags d ON d.id = f.dag_id
  WHERE $1::text IS NULL OR ${OUTCOME} = $1 LIMIT $2) AS found`);
