import { sql } from '../../platform/prisma/index.js';

/** Before its copies are given up: at each node that has one, these stretches ([{ offset, length }]) are to be hidden. */
export const ADD_DEAD = sql<never, [carId: string, stretches: string]>(`
INSERT INTO dead_stretches (car_id, place, "offset", length)
SELECT k.car_id, k.place, s."offset", s.length FROM car_copies k CROSS JOIN jsonb_to_recordset($2::jsonb) AS s("offset" bigint, length bigint)
WHERE k.car_id = $1::uuid AND k.place LIKE 'node:%' AND k.state <> 'gone'`);

/** CARs at a place with something to hide. */
export const CARS_WITH_DEAD = sql<{ id: string }, [place: string]>(
  'SELECT DISTINCT car_id AS id FROM dead_stretches WHERE place = $1',
);

/** In no order, and they may overlap. */
export const DEAD_IN = sql<{ id: bigint; offset: bigint; length: bigint }, [carId: string, place: string]>(
  'SELECT id, "offset", length FROM dead_stretches WHERE car_id = $1::uuid AND place = $2',
);

/** After the bytes are hidden on disk, not before. Idempotent. */
export const FORGET_DEAD = sql<never, [ids: readonly bigint[]]>(
  'DELETE FROM dead_stretches WHERE id = ANY ($1::bigint[])',
);
