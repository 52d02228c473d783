import { sql } from '../../platform/prisma/index.js';

/** The hot DAGs with a run over one of these stretches ([{ offset, length }]) of a CAR, locked in the order of commits. */
export const LOCK_DAGS_OVER = sql<{ id: bigint; root: string }, [carId: string, stretches: string]>(`
SELECT d.id, d.root FROM dags d WHERE d.hot AND d.id IN (
  SELECT r.dag_id FROM runs r JOIN jsonb_to_recordset($2::jsonb) AS s("offset" bigint, length bigint)
    ON r."offset" < s."offset" + s.length AND r."offset" + r.length > s."offset"
  WHERE r.car_id = $1::uuid)
ORDER BY d.root FOR UPDATE OF d`);

/** The same of locked ones, when the CAR is locked, too: sealing may have moved their runs meanwhile. */
export const DAGS_OVER = sql<{ id: bigint }, [carId: string, stretches: string, dagIds: readonly bigint[]]>(`
SELECT DISTINCT r.dag_id AS id FROM runs r JOIN jsonb_to_recordset($2::jsonb) AS s("offset" bigint, length bigint)
  ON r."offset" < s."offset" + s.length AND r."offset" + r.length > s."offset"
WHERE r.car_id = $1::uuid AND r.dag_id = ANY ($3::bigint[])`);

/** A CAR and its copy at a place, the CAR locked. */
export const LOCK_COPY = sql<{ car: string; kind: string; copy: string | null }, [id: string, place: string]>(`
SELECT c.state AS car, c.kind, (SELECT k.state FROM car_copies k WHERE k.car_id = c.id AND k.place = $2) AS copy
FROM cars c WHERE c.id = $1::uuid FOR UPDATE OF c`);

/** After their rows were locked. `damaged_at` is the time of the transaction, by which its findings are known. */
export const COOL_DAGS = sql<never, [ids: readonly bigint[]]>(
  'UPDATE dags SET hot = false, damaged_at = now() WHERE id = ANY ($1::bigint[])',
);

/** Runs of DAGs in a CAR that is no piece: what is damaged in it comes back from nowhere. */
export const FORGET_RUNS = sql<never, [carId: string, dagIds: readonly bigint[]]>(
  'DELETE FROM runs WHERE car_id = $1::uuid AND dag_id = ANY ($2::bigint[])',
);

/** `gone`: the file is not there; `damaged`: the scrub takes it next. A copy that is being written stays as it is. */
export const SPOIL_COPY = sql<never, [carId: string, place: string, state: string]>(`
UPDATE car_copies SET state = $3, verified_at = CASE WHEN $3 = 'gone' THEN verified_at END
WHERE car_id = $1::uuid AND place = $2 AND state IN ('verified', 'damaged')`);

/** The scrub takes it next. */
export const LOOK_NEXT = sql<never, [carId: string, place: string]>(
  'UPDATE car_copies SET verified_at = NULL WHERE car_id = $1::uuid AND place = $2',
);

/** A copy that the scrub is to read; `checksum` null: it was never read whole. */
export interface CopyRow {
  id: string;
  kind: string;
  state: string;
  bytes: bigint;
  checksum: Uint8Array | null;
  root: string | null;
}

/** Sealed CARs whose copy here was not read since `before`, or never; those to be looked at next come first. */
export const DUE_COPIES = sql<CopyRow, [place: string, before: Date, limit: number]>(`
SELECT k.car_id AS id, c.kind, k.state, c.bytes, k.checksum, c.root FROM car_copies k JOIN cars c ON c.id = k.car_id
WHERE k.place = $1 AND c.state = 'sealed' AND k.state IN ('verified', 'damaged')
  AND (k.verified_at IS NULL OR k.verified_at < $2 OR (k.checksum IS NULL AND k.state = 'verified'))
ORDER BY k.verified_at NULLS FIRST LIMIT $3`);

/** What was read is what was sealed. */
export const CONFIRM_COPY = sql<never, [carId: string, place: string, checksum: Uint8Array]>(`
UPDATE car_copies k SET state = 'verified', checksum = $3, verified_at = now(), bytes = c.bytes
FROM cars c WHERE c.id = k.car_id AND k.car_id = $1::uuid AND k.place = $2 AND k.state IN ('verified', 'damaged')`);

/** DAGs that are cold by damage and lie in this CAR, locked in the order of commits. */
export const LOCK_DAMAGED_DAGS = sql<{ id: bigint; root: string; size: bigint }, [carId: string]>(`
SELECT d.id, d.root, d.size FROM dags d WHERE NOT d.hot AND d.damaged_at IS NOT NULL
  AND d.id IN (SELECT r.dag_id FROM runs r WHERE r.car_id = $1::uuid) ORDER BY d.root FOR UPDATE OF d`);

/** Where these DAGs lie in a CAR. */
export const RUNS_IN = sql<{ offset: bigint; length: bigint }, [carId: string, dagIds: readonly bigint[]]>(`
SELECT r."offset", r.length FROM runs r WHERE r.car_id = $1::uuid AND r.dag_id = ANY ($2::bigint[]) ORDER BY r."offset"`);

/** Those of these DAGs of which any one copy can be read here from its first run to its last. */
export const REVIVE_DAMAGED = sql<{ id: bigint }, [dagIds: readonly bigint[], place: string]>(`
UPDATE dags SET hot = true, damaged_at = NULL WHERE id = ANY ($1::bigint[]) AND EXISTS (
  SELECT FROM runs r WHERE r.dag_id = dags.id GROUP BY r.copy HAVING bool_and(EXISTS (
    SELECT FROM car_copies k WHERE k.car_id = r.car_id AND k.place = $2 AND k.state = 'verified')))
RETURNING id`);

/** What was read is not what was sealed, and nothing more can be done about it now. */
export const LEAVE_DAMAGED = sql<never, [carId: string, place: string]>(`
UPDATE car_copies SET state = 'damaged', verified_at = now()
WHERE car_id = $1::uuid AND place = $2 AND state IN ('verified', 'damaged')`);

/** What should lie at a place, with its least length. A copy that is being put back has no length yet. */
export const COPIES_AT = sql<
  { id: string; bytes: bigint; state: string },
  [place: string, after: string, limit: number]
>(`
SELECT c.id, c.bytes, c.state FROM car_copies k JOIN cars c ON c.id = k.car_id
WHERE k.place = $1 AND c.state <> 'discarded' AND c.bytes > 0 AND c.id > $2::uuid
  AND (k.state IN ('verified', 'damaged') OR (k.state = 'writing' AND c.state = 'open'))
ORDER BY c.id LIMIT $3`);

/** One row over all sealed copies at the place: for metrics, not for the path of a request. */
export const SCRUB_FIGURES = sql<
  { copies: number; damaged: number; unread: number; oldest: Date | null; dags: number },
  [place: string]
>(`
SELECT count(*)::int AS copies, (count(*) FILTER (WHERE k.state = 'damaged'))::int AS damaged,
  (count(*) FILTER (WHERE k.checksum IS NULL))::int AS unread, min(k.verified_at) AS oldest,
  (SELECT count(*)::int FROM dags WHERE damaged_at IS NOT NULL AND NOT hot) AS dags
FROM car_copies k JOIN cars c ON c.id = k.car_id WHERE k.place = $1 AND c.state = 'sealed' AND k.state IN ('verified', 'damaged')`);

/** DAGs that are damaged here and wanted still, oldest first. */
export const DAMAGED_DAGS = sql<{ id: bigint; root: string; damagedAt: Date }, [after: bigint, limit: number]>(`
SELECT d.id, d.root, d.damaged_at AS "damagedAt" FROM dags d
WHERE d.damaged_at IS NOT NULL AND NOT d.hot AND d.id > $1 AND EXISTS (SELECT FROM runs r WHERE r.dag_id = d.id) ORDER BY d.id LIMIT $2`);
