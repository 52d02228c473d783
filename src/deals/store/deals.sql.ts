import { sql } from '../../platform/prisma/index.js';

/** Padded bytes of verified deals in these states: DataCap that is promised and not yet spent. */
export const PROMISED_DATACAP = sql<{ bytes: string }, [states: readonly string[]]>(`
SELECT coalesce(sum(p.piece_size), 0)::text AS bytes FROM deals d JOIN pieces p USING (car_id)
WHERE d.live AND d.verified AND d.state = ANY($1::text[])`);

/** What went wrong, newest first: of everybody or of the contents of one user, of all contents or of one, all or older than a deal. */
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
