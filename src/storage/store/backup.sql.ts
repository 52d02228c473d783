import { sql } from '../../platform/prisma/index.js';

/**
 * CARs that lie at this place and are wanted; of an open one, what is wanted ends with its last run. Those whose file
 * was found missing are among them while a DAG is cold for want of it.
 */
export const CARS_TO_KEEP = sql<{ id: string; state: string; bytes: bigint; copy: string }, [place: string]>(`
SELECT c.id::text AS id, c.state, k.state AS copy, CASE c.state WHEN 'sealed' THEN c.bytes ELSE r.runs_end END AS bytes
FROM car_copies k JOIN cars c ON c.id = k.car_id
CROSS JOIN LATERAL (SELECT max(r."offset" + r.length) AS runs_end FROM runs r WHERE r.car_id = c.id) r
WHERE k.place = $1 AND (c.state = 'sealed' OR (c.state = 'open' AND r.runs_end IS NOT NULL))
  AND (k.state IN ('writing', 'verified', 'damaged') OR (k.state = 'gone' AND EXISTS (
    SELECT FROM runs r JOIN dags d ON d.id = r.dag_id WHERE r.car_id = c.id AND d.damaged_at IS NOT NULL AND NOT d.hot)))
ORDER BY c.id`);

/** Copies whose files were restored, and that their rows take for damaged or missing: what they are now, the scrub finds out. */
export const LOOK_AT = sql<never, [place: string, ids: readonly string[]]>(`
UPDATE car_copies SET state = 'damaged', verified_at = NULL
WHERE place = $1 AND car_id = ANY ($2::uuid[]) AND state IN ('damaged', 'gone')`);

/** CARs that can be read on other nodes only. */
export const CARS_ELSEWHERE = sql<{ cars: number }, [place: string]>(`
SELECT count(*)::int AS cars FROM cars c WHERE c.state <> 'discarded'
  AND EXISTS (SELECT FROM car_copies k WHERE k.car_id = c.id AND k.place LIKE 'node:%' AND k.place <> $1 AND k.state IN ('writing', 'verified'))
  AND NOT EXISTS (SELECT FROM car_copies k WHERE k.car_id = c.id AND k.place = $1 AND k.state IN ('writing', 'verified', 'damaged'))`);
