import { leaseSql } from '../../platform/leases/index.js';
import { sql } from '../../platform/prisma/index.js';

/** Conditions of the two partial indexes over live deals (migration 0059), word for word. */
export const IN_TRANSFER = "live AND state IN ('proposed', 'accepted', 'transferring', 'published')";
/** Live deals that miners have proven; the others are looked at by another claim. */
export const SEALED = "live AND state IN ('active', 'expiring')";

/** What a claim of sealed deals answers with: no receipts, no piece beyond its CID. */
export const SEALED_COLUMNS = `deals.miner, deals.state, deals.duration, deals.end_epoch, deals.chain_deal_id,
  deals.updated_at, deals.doubt, deals.doubt_count, deals.doubt_epoch,
  (SELECT p.piece_cid FROM pieces p WHERE p.car_id = deals.car_id) AS piece_cid`;

/** As the statement gives it; epochs are numbers, ids bigint. */
export interface SealedRow {
  miner: string;
  state: string;
  duration: number;
  end_epoch: number | null;
  chain_deal_id: bigint | null;
  updated_at: Date;
  doubt: string | null;
  doubt_count: number;
  doubt_epoch: number | null;
  piece_cid: string | null;
}

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

/** One row per fault and stage; it stays when the fault is resolved. */
export interface FaultRow {
  fault: string;
  stage: string;
  since: Date;
  last_at: Date;
  count: number;
  rounds: number;
  message: string;
  paused: boolean;
  probe_at: Date;
  resolved_at: Date | null;
}

const FAULT_COLUMNS = 'fault, stage, since, last_at, count, rounds, message, paused, probe_at, resolved_at';

/** One more; a fault that was resolved begins anew. Answers with the row as it is then. */
export const MEET_FAULT = sql<FaultRow, [fault: string, stage: string, message: string, now: Date, probeAt: Date]>(`
INSERT INTO deal_faults AS f (fault, stage, since, last_at, message, probe_at) VALUES ($1, $2, $4, $4, $3, $5)
ON CONFLICT (fault, stage) DO UPDATE SET last_at = $4, message = $3, resolved_at = NULL,
  since = CASE WHEN f.resolved_at IS NULL THEN f.since ELSE $4 END,
  count = CASE WHEN f.resolved_at IS NULL THEN f.count + 1 ELSE 1 END,
  rounds = CASE WHEN f.resolved_at IS NULL THEN f.rounds ELSE 0 END,
  paused = f.paused AND f.resolved_at IS NULL,
  probe_at = CASE WHEN f.resolved_at IS NULL THEN f.probe_at ELSE $5 END
RETURNING ${FAULT_COLUMNS}`);

/** No effect on a fault that was resolved meanwhile. Idempotent. */
export const PAUSE_FOR = sql<never, [fault: string, stage: string]>(`
UPDATE deal_faults SET paused = true WHERE fault = $1 AND stage = $2 AND resolved_at IS NULL`);

/** The oldest first. One row per fault and stage at most, so no index. */
export const OPEN_FAULTS = sql<FaultRow, []>(
  `SELECT ${FAULT_COLUMNS} FROM deal_faults WHERE resolved_at IS NULL ORDER BY since`,
);

/** Open ones first, then by their last time. */
export const ALL_FAULTS = sql<FaultRow, []>(`
SELECT ${FAULT_COLUMNS} FROM deal_faults ORDER BY (resolved_at IS NULL) DESC, last_at DESC`);

/** One caller at a time may try whether it is mended; the next one not before `again`. */
export const TAKE_PROBE = sql<FaultRow, [fault: string, stage: string, now: Date, again: Date]>(`
UPDATE deal_faults SET probe_at = $4, rounds = rounds + 1
WHERE fault = $1 AND stage = $2 AND resolved_at IS NULL AND probe_at <= $3 RETURNING ${FAULT_COLUMNS}`);

/** Of one stage, these faults, or all where none is named; answers with those that were open, in no order. */
export const RESOLVE_FAULTS = sql<FaultRow, [stage: string, faults: readonly string[], now: Date]>(`
UPDATE deal_faults SET resolved_at = $3, paused = false
WHERE stage = $1 AND resolved_at IS NULL AND (cardinality($2::text[]) = 0 OR fault = ANY($2::text[])) RETURNING ${FAULT_COLUMNS}`);

/** A row of `stored_contents()` (content) with the CARs of its miners' copy. */
export interface ContentRow {
  id: bigint;
  cid: string;
  name: string;
  userId: string;
  size: bigint;
  type: string;
  state: string;
  profile: string;
  replication: number;
  createdAt: Date;
  updatedAt: Date;
  root: string;
  hot: boolean;
  cars: string[];
}

const CONTENTS = `
SELECT c.content_id AS id, c.cid, c.name, c.user_id::text AS "userId", c.size, c.type, c.state, c.profile, c.replication,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.root, c.hot,
  ARRAY(SELECT DISTINCT x.car_id::text FROM content_cars() x WHERE x.content_id = c.content_id) AS cars
FROM stored_contents() c`;

/** At most one row, with the CARs of its miners' copy; none for a content that is deleted. */
export const CONTENT = sql<ContentRow, [id: bigint]>(`${CONTENTS} WHERE c.content_id = $1`);

/** Newest first; those whose pieces have deals. `before`: older than this content. */
export const CONTENTS_WITH_DEALS = sql<
  ContentRow,
  [userId: string, before: bigint | null, limit: number, offset: number]
>(`${CONTENTS}
WHERE c.user_id = $1::uuid AND ($2::bigint IS NULL OR c.content_id < $2::bigint)
  AND EXISTS (SELECT 1 FROM content_cars() x JOIN deals d ON d.car_id = x.car_id WHERE x.content_id = c.content_id)
ORDER BY c.content_id DESC LIMIT $3::int OFFSET $4::int`);

/** Of one user, or of everybody. */
export const CONTENTS_OF_ROOT = sql<ContentRow, [root: string, userId: string | null, limit: number]>(`${CONTENTS}
WHERE c.root = $1 AND ($2::uuid IS NULL OR c.user_id = $2::uuid) ORDER BY c.content_id DESC LIMIT $3::int`);

/** Every piece replicated; largest first. */
export const OFFLOADABLE_CONTENTS = sql<ContentRow, [limit: number]>(`${CONTENTS}
WHERE c.state = 'stored' AND c.hot AND NOT EXISTS (
  SELECT 1 FROM content_cars() x LEFT JOIN pieces p ON p.car_id = x.car_id
  WHERE x.content_id = c.content_id AND p.state IS DISTINCT FROM 'replicated')
ORDER BY c.size DESC, c.content_id LIMIT $1::int`);

/** For each piece of these contents that is not shared by design: the most that one of them asks for, and of whom. */
export const REPLICATION_OF_CONTENTS = sql<
  { car_id: string; most: number; accounts: number },
  [contentIds: readonly bigint[]]
>(`
SELECT x.car_id::text, max(x.replication)::int AS most,
  (SELECT count(DISTINCT y.user_id)::int FROM content_cars() y WHERE y.car_id = x.car_id) AS accounts
FROM content_cars() x JOIN pieces p ON p.car_id = x.car_id AND NOT p.shared
WHERE x.content_id = ANY($1::bigint[]) GROUP BY x.car_id`);

/** The same for one CAR, over all of its contents; null without any. */
export const REPLICATION_OF_CAR = sql<{ most: number | null; accounts: number }, [carId: string]>(`
SELECT max(replication)::int AS most, count(DISTINCT user_id)::int AS accounts FROM content_cars() WHERE car_id = $1::uuid`);

/** Those of the CARs in which somebody else has a content, too. */
export const CARS_WITH_OTHERS = sql<{ car_id: string }, [carIds: readonly string[], userId: string]>(`
SELECT DISTINCT car_id::text FROM content_cars() WHERE car_id = ANY($1::uuid[]) AND user_id <> $2::uuid`);

/** Always one row. */
export const IS_DISCARDED = sql<{ discarded: boolean }, [carId: string]>(
  'SELECT EXISTS (SELECT FROM discarded_cars() g WHERE g.car_id = $1::uuid) AS discarded',
);

/** Every stretch of the miners' copy in the order of `seq`; no row for a root that is not stored. */
export const RUNS_OF_ROOT = sql<{ seq: number; carId: string; offset: bigint; length: bigint }, [root: string]>(`
SELECT l.seq, l.car_id::text AS "carId", l.run_offset AS offset, l.run_length AS length
FROM stored_dags() g JOIN dag_locations() l ON l.dag_id = g.dag_id WHERE g.root = $1 ORDER BY l.seq`);

const FAILED = `('failed', 'rejected', 'slashed')`;

/** Deals by miner, of one miner or of all. */
export interface MinerDealCounts {
  miner: string;
  dealCount: number;
  errorCount: number;
  live: number;
  active: number;
}

/**
 * One row for each miner that has deals, in no order. Of one miner by the index (miner, id DESC); of all the whole
 * table.
 */
export const COUNTS_BY_MINER = sql<
  { miner: string; deals: bigint; errors: bigint; live: bigint; active: bigint },
  [miner: string | null]
>(`
  SELECT miner, count(*) AS deals, count(*) FILTER (WHERE state IN ${FAILED}) AS errors, count(*) FILTER (WHERE live) AS live,
    count(*) FILTER (WHERE state IN ('active', 'expiring')) AS active
  FROM deals WHERE $1::text IS NULL OR miner = $1 GROUP BY miner`);

/** One row over the deals that are on chain, or are said to be. By the partial index deals_on_chain_idx alone. */
export const TOTALS = sql<{ on_chain: bigint; active: bigint }, []>(`
  SELECT count(*) FILTER (WHERE chain_deal_id IS NOT NULL AND state IN ('published', 'active', 'expiring')) AS on_chain,
    count(*) FILTER (WHERE state IN ('active', 'expiring')) AS active
  FROM deals WHERE state IN ('published', 'active', 'expiring')`);

/** One deal of a miner as everybody may see it: no account, no name. */
export interface PublicDeal {
  id: bigint;
  createdAt: Date;
  updatedAt: Date;
  miner: string;
  state: string;
  verified: boolean;
  proposalCid: string | null;
  chainDealId: bigint | null;
  failurePhase: string | null;
  failureReason: string | null;
  startEpoch: number | null;
  endEpoch: number | null;
  activeEpoch: number | null;
  slashEpoch: number | null;
  pieceCid: string | null;
  /** Padded bytes. */
  pieceSize: bigint | null;
  /** Root of the piece's CAR. */
  root: string;
}

const PUBLIC_DEALS = `
  SELECT deals.id, deals.created_at AS "createdAt", deals.updated_at AS "updatedAt", deals.miner, deals.state, deals.verified,
    deals.proposal_cid AS "proposalCid", deals.chain_deal_id AS "chainDealId", deals.failure_phase AS "failurePhase",
    deals.failure_reason AS "failureReason", deals.start_epoch AS "startEpoch", deals.end_epoch AS "endEpoch",
    deals.active_epoch AS "activeEpoch", deals.slash_epoch AS "slashEpoch", pieces.piece_cid AS "pieceCid",
    pieces.piece_size AS "pieceSize", pieces.root
  FROM deals JOIN pieces ON pieces.car_id = deals.car_id`;

const page = (states: string) =>
  sql<PublicDeal, [miner: string, before: bigint | null, limit: number]>(`${PUBLIC_DEALS}
  WHERE deals.miner = $1 AND ($2::bigint IS NULL OR deals.id < $2) AND ${states} ORDER BY deals.id DESC LIMIT $3`);

/** A miner's deals before an id, newest first. */
export const PAGES = {
  all: page('true'),
  failed: page(`deals.state IN ${FAILED}`),
  notFailed: page(`deals.state NOT IN ${FAILED}`),
} as const;

/** What went wrong with all miners, before an id, newest deal first. By the partial index of failed deals. */
export const PUBLIC_FAILURES = sql<PublicDeal, [before: bigint | null, limit: number]>(`${PUBLIC_DEALS}
  WHERE ($1::bigint IS NULL OR deals.id < $1) AND deals.state IN ${FAILED} ORDER BY deals.id DESC LIMIT $2`);
