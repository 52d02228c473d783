import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '../../platform/prisma/index.js';

export interface MinerRow {
  address: string;
  name: string;
  peerId: string | null;
  addresses: string[];
  httpUrl: string | null;
  owner: string | null;
  worker: string | null;
  version: string | null;
  suspended: boolean;
  suspendedReason: string | null;
  suspendedUntil: Date | null;
  openUntil: Date | null;
  price: Prisma.Decimal | null;
  verifiedPrice: Prisma.Decimal | null;
  minPieceSize: bigint | null;
  maxPieceSize: bigint | null;
  askSeenAt: Date | null;
}

export interface MinerDealRow {
  id: bigint;
  createdAt: Date;
  updatedAt: Date;
  carId: string;
  pieceCid: string | null;
  pieceSize: bigint | null;
  propCid: string | null;
  dealId: bigint | null;
  miner: string;
  state: string;
  verified: boolean;
  failurePhase: string | null;
  failureReason: string | null;
  startEpoch: number | null;
  endEpoch: number | null;
  activeEpoch: number | null;
  slashEpoch: number | null;
  contentCid: string | null;
}

export interface PageOf {
  limit: number;
  before?: bigint;
}

/** What the rooms know of miners and their deals, as the public pages show it. This room reads their tables and writes none of them. */
@Injectable()
export class MinerRowsQuery {
  constructor(private readonly db: Database) {}

  async miners(address?: string): Promise<MinerRow[]> {
    const one = address === undefined ? Prisma.empty : Prisma.sql`WHERE miners.address = ${address}`;
    return this.db.$queryRaw<MinerRow[]>`
      SELECT address, name, peer_id AS "peerId", addresses, http_url AS "httpUrl", owner, worker, version, suspended,
        suspended_reason AS "suspendedReason", suspended_until AS "suspendedUntil", open_until AS "openUntil",
        ask.price, ask.verified_price AS "verifiedPrice", ask.min_piece_size AS "minPieceSize", ask.max_piece_size AS "maxPieceSize", ask.seen_at AS "askSeenAt"
      FROM miners LEFT JOIN LATERAL (SELECT * FROM miner_asks WHERE miner = miners.address ORDER BY id DESC LIMIT 1) AS ask ON true
      ${one} ORDER BY address`;
  }

  /** Newest first. `failedOnly` for the failure page, `ignoreFailed` for the deals page. */
  async deals(
    miner: string,
    page: PageOf,
    filter: { failedOnly?: boolean; ignoreFailed?: boolean } = {},
  ): Promise<MinerDealRow[]> {
    const conditions = [
      Prisma.sql`deals.miner = ${miner}`,
      ...(page.before === undefined ? [] : [Prisma.sql`deals.id < ${page.before}`]),
      ...(filter.failedOnly ? [Prisma.sql`deals.state IN ('failed', 'rejected', 'slashed')`] : []),
      ...(filter.ignoreFailed ? [Prisma.sql`deals.state NOT IN ('failed', 'rejected', 'slashed')`] : []),
    ];
    return this.db.$queryRaw<MinerDealRow[]>`
      SELECT deals.id, deals.created_at AS "createdAt", deals.updated_at AS "updatedAt", deals.car_id AS "carId", pieces.piece_cid AS "pieceCid",
        pieces.piece_size AS "pieceSize", deals.proposal_cid AS "propCid", deals.chain_deal_id AS "dealId", deals.miner, deals.state, deals.verified,
        deals.failure_phase AS "failurePhase", deals.failure_reason AS "failureReason",
        deals.start_epoch AS "startEpoch", deals.end_epoch AS "endEpoch", deals.active_epoch AS "activeEpoch", deals.slash_epoch AS "slashEpoch",
        pieces.root AS "contentCid"
      FROM deals JOIN pieces ON pieces.car_id = deals.car_id
      WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY deals.id DESC LIMIT ${page.limit}`;
  }
}
