import type { Claimed, Lease } from '../../platform/leases/index.js';
import type { Prisma } from '../../platform/prisma/index.js';
import { carId, dealId, type Json, minerId, userId } from '../../shared/index.js';
import type { DealState, PieceState } from '../domain/deal-state.js';
import type { CommittedPiece, Deal, DealFacts, DealRole, Doubt, Piece } from '../domain/deal.js';
import type { DealOnChain } from '../domain/verdict.js';
import type { SealedRow } from './deals.sql.js';

export type DealRow = Prisma.DealGetPayload<object>;
export type PieceRow = Prisma.PieceGetPayload<object>;

/** Amounts of attoFIL are numeric columns and become bigint. */
export function toPiece(row: PieceRow): Piece {
  return {
    ...row,
    carId: carId(row.carId),
    userId: row.userId === null ? null : userId(row.userId),
    carBytes: Number(row.carBytes),
    state: row.state as PieceState,
    maxPrice: BigInt(row.maxPrice.toFixed(0)),
  };
}

/** Amounts of attoFIL are numeric columns and become bigint. */
export function toDeal(row: DealRow): Deal {
  return {
    ...row,
    id: dealId(row.id),
    carId: carId(row.carId),
    miner: minerId(row.miner),
    role: row.role as DealRole,
    state: row.state as DealState,
    price: BigInt(row.price.toFixed(0)),
    totalCost: BigInt(row.totalCost.toFixed(0)),
    proposal: row.proposal as Json,
    chainDeal: row.chainDeal as Json,
    bytesSent: Number(row.bytesSent),
    renews: row.renews === null ? null : dealId(row.renews),
    doubt: doubtOf(row),
  };
}

/** Of a row that was read by Prisma or by a statement. */
export function doubtOf(row: { doubt: string | null; doubtCount: number; doubtEpoch: number | null }): Doubt | null {
  return row.doubt === null
    ? null
    : { of: row.doubt as Doubt['of'], count: row.doubtCount, since: row.doubtEpoch ?? 0 };
}

/** The columns that a check's findings change. */
export function factColumns(facts: DealFacts): Prisma.DealUpdateManyMutationInput {
  const { proposal, chainDeal, bytesSent, ...plain } = facts;
  return {
    ...plain,
    ...(proposal === undefined ? {} : { proposal: proposal as Prisma.InputJsonValue }),
    ...(chainDeal === undefined ? {} : { chainDeal: chainDeal as Prisma.InputJsonValue }),
    ...(bytesSent === undefined ? {} : { bytesSent: BigInt(bytesSent) }),
  };
}

/** A sealed deal that its holder compares with the chain. */
export interface SealedDeal {
  lease: Lease;
  deal: DealOnChain & { doubt: Doubt | null };
  piece: Pick<CommittedPiece, 'pieceCid'>;
}

/** The row and its lease apart. */
export function sealedDealOf({ row, ...lease }: Claimed<SealedRow>): SealedDeal {
  return {
    lease,
    deal: {
      miner: minerId(row.miner),
      state: row.state as DealState,
      duration: row.duration,
      endEpoch: row.end_epoch,
      chainDealId: row.chain_deal_id,
      updatedAt: row.updated_at,
      doubt: doubtOf({ doubt: row.doubt, doubtCount: row.doubt_count, doubtEpoch: row.doubt_epoch }),
    },
    piece: { pieceCid: row.piece_cid ?? '' },
  };
}
