import { sql } from '../../platform/prisma/index.js';
/** CARs that lie at this place and are wanted; of an open one, what is wanted ends with its last run. */ export const CARS_TO_KEEP = sql(`
SELECT c.id::text AS id, c.state, CASE c.state WHEN 'sealed' THEN c.bytes ELSE r.runs_end END AS bytes
FROM car_copies k JOIN cars c ON c.id = k.car_id
CROSS JOIN LATERAL (SELECT max(r."offset" + r.length) AS runs_end FROM runs r WHERE r.car_id = c.id) r
WHERE k.place = $1 AND k.state IN ('writing', 'verified')
  AND (c.state = 'sealed' OR (c.state = 'open' AND r.runs_end IS NOT NULL))
ORDER BY c.id`);
/** CARs that can be read on other nodes only. */ export const CARS_ELSEWHERE = sql(`
SELECT count(*)::int AS cars FROM cars c WHERE c.state <> 'discarded'
  AND EXISTS (SELECT FROM car_copies k WHERE k.car_id = c.id AND k.place LIKE 'node:%' AND k.place <> $1 AND k.state IN ('writing', 'verified'))
  AND NOT EXISTS (SELECT FROM car_copies k WHERE k.car_id = c.id AND k.place = $1 AND k.state IN ('writing', 'verified'))`);

//# sourceMappingURL=backup.sql.js.map
