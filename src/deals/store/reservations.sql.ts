import { sql } from '../../platform/prisma/index.js';

interface Sums {
  /** attoFIL, decimal text. */
  cost: string;
  /** Padded bytes. */
  datacap: string;
}

const SUMS = 'coalesce(sum(r.cost), 0)::text AS cost, coalesce(sum(r.datacap), 0)::text AS datacap';

/** Promised, and not yet on chain. */
export const OPEN_RESERVATIONS = sql<Sums, []>(`SELECT ${SUMS} FROM deal_reservations r WHERE r.outcome IS NULL`);

/** Reserved since a time and not given back: of one account, or of everybody. */
export const RESERVED_SINCE = sql<Sums, [since: Date, userId: string | null]>(`
SELECT ${SUMS} FROM deal_reservations r
WHERE r.reserved_at > $1 AND r.outcome IS DISTINCT FROM 'released' AND ($2::uuid IS NULL OR r.user_id = $2::uuid)`);

/** The same for several accounts; those without are left out. */
export const RESERVED_BY_ACCOUNT = sql<Sums & { user_id: string }, [since: Date, userIds: readonly string[]]>(`
SELECT r.user_id::text, ${SUMS} FROM deal_reservations r
WHERE r.reserved_at > $1 AND r.outcome IS DISTINCT FROM 'released' AND r.user_id = ANY($2::uuid[]) GROUP BY r.user_id`);

/** Once per deal: a second time breaks the primary key. In the transaction that makes the deal. */
export const RESERVE = sql<
  never,
  [dealId: bigint, userId: string | null, cost: string, dataCap: bigint, reservedAt: Date]
>(
  `INSERT INTO deal_reservations (deal_id, user_id, cost, datacap, reserved_at) VALUES ($1, $2::uuid, $3::numeric, $4, $5)`,
);

/** The first outcome stands; a second time changes nothing. By the primary key. */
export const SETTLE = sql<never, [dealId: bigint, outcome: string, now: Date]>(`
UPDATE deal_reservations SET outcome = $2, settled_at = $3 WHERE deal_id = $1 AND outcome IS NULL`);

/** One deal whose reservation is not what its row says. */
export interface ReservationFault {
  deal_id: bigint;
  /** missing: promised without one; open: over and not given back; amount: another sum than the deal costs. */
  fault: 'missing' | 'open' | 'amount';
}

/** Every deal where the two books differ, a few of them; and both sums, taken at one moment. */
export const RESERVATION_FAULTS = sql<ReservationFault, [promised: readonly string[], limit: number]>(`
SELECT * FROM (
  SELECT coalesce(d.id, r.deal_id) AS deal_id,
    CASE WHEN r.deal_id IS NULL THEN 'missing' WHEN NOT (d.live AND d.state = ANY($1::text[])) THEN 'open'
      WHEN r.cost <> d.total_cost OR r.datacap <> CASE WHEN d.verified THEN p.piece_size ELSE 0 END THEN 'amount' END AS fault
  FROM (SELECT * FROM deal_reservations WHERE outcome IS NULL) r
  FULL JOIN (SELECT * FROM deals WHERE live AND state = ANY($1::text[])) open ON open.id = r.deal_id
  JOIN deals d ON d.id = coalesce(open.id, r.deal_id) JOIN pieces p ON p.car_id = d.car_id
) books WHERE fault IS NOT NULL ORDER BY deal_id LIMIT $2::int`);

/** The sums of both books. */
export const RESERVATION_SUMS = sql<
  { cost: string; datacap: string; deals_cost: string; deals_datacap: string },
  [promised: readonly string[]]
>(`
SELECT r.cost, r.datacap, d.cost AS deals_cost, d.datacap AS deals_datacap
FROM (SELECT ${SUMS} FROM deal_reservations r WHERE r.outcome IS NULL) r,
  (SELECT coalesce(sum(d.total_cost), 0)::text AS cost,
     coalesce(sum(p.piece_size) FILTER (WHERE d.verified), 0)::text AS datacap
   FROM deals d JOIN pieces p USING (car_id) WHERE d.live AND d.state = ANY($1::text[])) d`);
