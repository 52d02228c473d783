import { sql } from '../../platform/prisma/index.js';

/** Which platform the database belongs to, and whether it knows any CAR. */
export const IDENTITY = sql<{ id: string; generation: bigint; knows_cars: boolean }, []>(`
SELECT id::text AS id, generation, EXISTS (SELECT FROM cars) AS knows_cars FROM platform_identity`);

/** Somebody emptied the table: the database is no longer that of any folder. */
export const NEW_IDENTITY = sql<never, []>(`INSERT INTO platform_identity DEFAULT VALUES ON CONFLICT DO NOTHING`);

/** The next number, above all that this folder has seen. */
export const NEXT_GENERATION = sql<{ generation: bigint }, [seen: bigint]>(`
UPDATE platform_identity SET generation = greatest(generation, $1) + 1 RETURNING generation`);

/** The database belongs to another platform from now on. */
export const TAKE_IDENTITY = sql<never, [id: string]>('UPDATE platform_identity SET id = $1::uuid');

/** Of these CARs, those that any row knows. */
export const KNOWN_CARS = sql<{ id: string }, [ids: readonly string[]]>(
  'SELECT id::text AS id FROM cars WHERE id = ANY ($1::uuid[])',
);

/** CARs with something wanted in them whose bytes are to lie at this place. */
export const EXPECTED_FILES = sql<{ id: string }, [place: string]>(`
SELECT c.id::text AS id FROM car_copies k JOIN cars c ON c.id = k.car_id
WHERE k.place = $1 AND k.state IN ('writing', 'verified') AND c.state <> 'discarded'
  AND EXISTS (SELECT FROM runs r WHERE r.car_id = c.id)`);

/** A hold on removals, from now on and for so long. */
export const TAKE_HOLD = sql<{ id: string }, [reason: string, ms: number]>(`
INSERT INTO removal_holds (reason, expires_at) VALUES ($1, now() + make_interval(secs => $2::float8 / 1000)) RETURNING id::text AS id`);
/** One that has expired stays so: files may have gone meanwhile. */
export const EXTEND_HOLD = sql<never, [id: string, ms: number]>(`
UPDATE removal_holds SET expires_at = now() + make_interval(secs => $2::float8 / 1000) WHERE id = $1::uuid AND expires_at > now()`);
/** With those that a killed process left. */
export const END_HOLD = sql<never, [id: string]>('DELETE FROM removal_holds WHERE id = $1::uuid OR expires_at < now()');
/** Always one row. By the database's clock, as the holds themselves. */
export const IS_HELD = sql<{ held: boolean }, []>(
  'SELECT EXISTS (SELECT FROM removal_holds WHERE expires_at > now()) AS held',
);
