import { sql } from '../../platform/prisma/index.js';

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

/** One row over the deals that are on chain, or are said to be. */
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

const page = (states: string) =>
  sql<PublicDeal, [miner: string, before: bigint | null, limit: number]>(`
  SELECT deals.id, deals.created_at AS "createdAt", deals.updated_at AS "updatedAt", deals.miner, deals.state, deals.verified,
    deals.proposal_cid AS "proposalCid", deals.chain_deal_id AS "chainDealId", deals.failure_phase AS "failurePhase",
    deals.failure_reason AS "failureReason", deals.start_epoch AS "startEpoch", deals.end_epoch AS "endEpoch",
    deals.active_epoch AS "activeEpoch", deals.slash_epoch AS "slashEpoch", pieces.piece_cid AS "pieceCid",
    pieces.piece_size AS "pieceSize", pieces.root
  FROM deals JOIN pieces ON pieces.car_id = deals.car_id
  WHERE deals.miner = $1 AND ($2::bigint IS NULL OR deals.id < $2) AND ${states} ORDER BY deals.id DESC LIMIT $3`);

/** A miner's deals before an id, newest first. */
export const PAGES = {
  all: page('true'),
  failed: page(`deals.state IN ${FAILED}`),
  notFailed: page(`deals.state NOT IN ${FAILED}`),
} as const;
