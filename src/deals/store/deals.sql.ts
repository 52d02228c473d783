import { leaseSql } from '../../platform/leases/index.js';
import { sql } from '../../platform/prisma/index.js';
import { IN_TRANSFER, SEALED } from './sealed-deals.js';

/**
 * What went wrong, newest first: of everybody or of the contents of one user, of all contents or of one, all or older
 * than a deal.
 */
export const FAILED_DEALS = sql<
  { id: bigint },
  [userId: string | null, contentId: bigint | null, before: bigint | null, limit: number]
>(`
SELECT d.id FROM deals d WHERE d.state IN ('failed', 'rejected', 'slashed')
  AND ($1::uuid IS NULL OR EXISTS (SELECT 1 FROM content_cars() x WHERE x.car_id = d.car_id AND x.user_id = $1::uuid))
  AND ($2::bigint IS NULL OR EXISTS (SELECT 1 FROM content_cars() x WHERE x.car_id = d.car_id AND x.content_id = $2::bigint))
  AND ($3::bigint IS NULL OR d.id < $3::bigint)
ORDER BY d.id DESC LIMIT $4::int`);

/** Those of the CARs in which a content of the user lies. */
export const CARS_OF_USER = sql<{ car_id: string }, [carIds: readonly string[], userId: string]>(`
SELECT DISTINCT car_id::text FROM content_cars() WHERE car_id = ANY($1::uuid[]) AND user_id = $2::uuid`);

type CarIds = readonly string[];

/**
 * Never lowers anything. Shared pieces are left alone unless `shared`; retired ones always. What changes is due at
 * once.
 */
export const RAISE_TERMS = sql<
  never,
  [carIds: CarIds, replication: number, maxPrice: string, shared: boolean, now: Date]
>(`
UPDATE pieces SET replication = greatest(replication, $2::smallint), max_price = greatest(max_price, $3::numeric), next_check_at = $5,
  state = CASE WHEN state = 'replicated' AND replication < $2::smallint THEN 'replicating' ELSE state END
WHERE car_id = ANY($1::uuid[]) AND ($4::boolean OR NOT shared) AND state <> 'retired'
  AND (replication < $2::smallint OR max_price < $3::numeric)`);

/** Each CAR with the replication that it is to have at least. */
export const RAISE_REPLICATION = sql<never, [carIds: CarIds, replications: readonly number[], now: Date]>(`
UPDATE pieces p SET replication = wanted.replication, next_check_at = $3,
  state = CASE WHEN p.state = 'replicated' THEN 'replicating' ELSE p.state END
FROM unnest($1::uuid[], $2::smallint[]) AS wanted (car_id, replication)
WHERE p.car_id = wanted.car_id AND p.replication < wanted.replication AND p.state <> 'retired'`);

/** Pieces whose uploader named no price cap. */
export const RAISE_PLATFORM_PRICE = sql<never, [verified: boolean, maxPrice: string, now: Date]>(`
UPDATE pieces SET max_price = $2::numeric, next_check_at = $3
WHERE verified = $1 AND NOT own_max_price AND max_price < $2::numeric AND state <> 'retired'`);

/** To the end of the transaction: whoever changes a piece's deals comes one after the other. */
export const LOCK_PIECE = sql<never, [carId: string]>(
  'SELECT 1 AS locked FROM pieces WHERE car_id = $1::uuid FOR NO KEY UPDATE',
);

/** Ends leases of one claim (its end: $3); an earlier check that was asked for meanwhile stands. */
export const RELEASE_DEALS = sql<
  never,
  [ids: readonly string[], numbers: readonly number[], until: Date, againAt: Date]
>(`
UPDATE deals SET ${leaseSql.released()},
  next_check_at = CASE WHEN next_check_at < $3 THEN least(next_check_at, $4) ELSE $4::timestamptz END
WHERE id IN (
  SELECT d.id FROM deals d JOIN unnest($1::bigint[], $2::int[]) AS mine (id, number)
    ON d.id = mine.id AND ${leaseSql.isHeld('d', 'mine.number')}
  ORDER BY d.id FOR NO KEY UPDATE OF d)`);

/** Seconds by which the longest due deal of each kind is late. */
export const LATENESS = sql<{ transfers: number; sealed: number }, [now: Date]>(`
SELECT greatest(0, coalesce(extract(epoch FROM $1 - (SELECT min(next_check_at) FROM deals WHERE ${IN_TRANSFER})), 0))::float8 AS transfers,
  greatest(0, coalesce(extract(epoch FROM $1 - (SELECT min(next_check_at) FROM deals WHERE ${SEALED})), 0))::float8 AS sealed`);

/** Queued deals of pieces that are retired. */
export const UNWANTED_DEALS = sql<{ id: bigint }, [limit: number]>(`
SELECT d.id FROM deals d JOIN pieces p ON p.car_id = d.car_id AND p.state = 'retired'
WHERE d.live AND d.state = 'queued' ORDER BY d.id LIMIT $1::int`);
