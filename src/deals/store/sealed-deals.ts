import type { Claimed, Lease } from '../../platform/leases/index.js';
import { minerId } from '../../shared/index.js';
import type { CommittedPiece, Doubt } from '../domain/deal.js';
import type { DealState } from '../domain/deal-state.js';
import type { DealOnChain } from '../domain/verdict.js';
import { doubtOf } from './rows.js';

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
