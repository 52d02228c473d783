import {
  type AttoFil,
  type CarId,
  type DealId,
  type Epoch,
  type Json,
  type MinerId,
  pricePerEpoch,
  type UserId,
} from '../../shared/index.js';
import type { DealState, PieceState } from './deal-state.js';
import type { FailureReason } from './failure.js';

/** A sealed CAR on its way to, and at, the miners. */
export interface Piece {
  carId: CarId;
  /** Root in the CAR's header: the label of its deals. */
  root: string;
  /** Of the file, exactly; the padding behind it is not part of it. */
  carBytes: number;
  state: PieceState;
  /** Null until commP is known. */
  pieceCid: string | null;
  /** Padded. */
  pieceSize: bigint | null;
  /** How many current deals with distinct miners it is to have. */
  replication: number;
  /** Epochs that its deals are made for. */
  duration: number;
  verified: boolean;
  /** attoFIL per GiB per epoch. */
  maxPrice: AttoFil;
  /** Tries at commP that failed. */
  commpAttempts: number;
  /** What people read while it waits; null while all is well. */
  lastError: string | null;
  /** Its CAR holds contents of many. */
  shared: boolean;
  /** The uploader named the price cap: the platform's does not apply. */
  ownMaxPrice: boolean;
  /** The only account with bytes inside; null: several, and its deals count towards nobody's day. */
  userId: UserId | null;
  /** When a worker has to look at it. */
  nextCheckAt: Date;
  createdAt: Date;
  committedAt: Date | null;
  replicatedAt: Date | null;
}

/** A piece whose commP is known. */
export type CommittedPiece = Piece & { pieceCid: string; pieceSize: bigint };

/** Deals can be made for it: its commP is known, and somebody wants it. */
export function isCommitted(piece: Piece): piece is CommittedPiece {
  return piece.pieceCid !== null && piece.pieceSize !== null && piece.state !== 'retired';
}

/**
 * What a deal is to its slot: the one that counts, a renewal made to replace it, or the one that was replaced and is
 * kept to its end. A slot never has two live deals of one role.
 */
export type DealRole = 'current' | 'renewal' | 'outgoing';

/** One copy of a piece with one miner, from the decision on. Rows are never deleted. */
export interface Deal {
  id: DealId;
  carId: CarId;
  miner: MinerId;
  /** 0 .. replication - 1. */
  slot: number;
  role: DealRole;
  state: DealState;
  live: boolean;
  verified: boolean;
  /** attoFIL per GiB per epoch. */
  price: AttoFil;
  /** For the whole piece and duration. */
  totalCost: AttoFil;
  /** Epochs. */
  duration: number;
  /** The miner's deadline, as proposed, then as the chain has it. */
  startEpoch: Epoch | null;
  endEpoch: Epoch | null;
  /** Null until it is with the miner. */
  proposalCid: string | null;
  /** Null until it is published. From then on only the chain's word counts. */
  chainDealId: bigint | null;
  /** CID of the message that published it. */
  publishCid: string | null;
  /** The two receipts: the proposal as sent, the deal as the chain has it. */
  proposal: Json;
  chainDeal: Json;
  /** Since when a proposal may be out without its CID being known here. */
  proposingSince: Date | null;
  /** When the chain had its sector; when it was slashed. */
  activeEpoch: Epoch | null;
  slashEpoch: Epoch | null;
  bytesSent: number;
  /** Where and why it went wrong (domain/failure.ts), in the words of whoever reported it; null while it has not. */
  failurePhase: string | null;
  failureReason: string | null;
  failureMessage: string | null;
  /** The deal that it was made to replace. */
  renews: DealId | null;
  /** Null while nobody reports its loss. */
  doubt: Doubt | null;
  /** Errors in a row that say nothing about the deal itself. */
  attempts: number;
  createdAt: Date;
  /** The last time that anything moved: a state or a byte. */
  updatedAt: Date;
}

/**
 * A loss that the chain or the node reports and that is not believed yet (domain/doubt.ts): a node that lags behind,
 * was restored from a backup or follows a fork says such things of deals that are alive.
 */
export interface Doubt {
  /** What was seen; another finding starts anew. */
  of: FailureReason | 'ended';
  /** How often in a row. */
  count: number;
  /** Head of the first time. */
  since: Epoch;
}

/** A line of a deal's timeline. */
export interface DealTransition {
  from: DealState;
  to: DealState;
  epoch: Epoch | null;
  cause: string;
  at: Date;
}

/** What a check learned about a deal, to be stored with its transition. */
export interface DealFacts {
  proposalCid?: string;
  chainDealId?: bigint;
  publishCid?: string;
  proposal?: Json;
  chainDeal?: Json;
  activeEpoch?: Epoch;
  slashEpoch?: Epoch;
  startEpoch?: Epoch;
  endEpoch?: Epoch;
  bytesSent?: number;
}

/** A miner that has the piece, or ought to. */
export interface Holder {
  miner: MinerId;
  proposalCid: string | null;
  chainDealId: bigint | null;
  /** 'active' and 'expiring' ones are proven; 'published' ones ought to have it. */
  state: 'active' | 'expiring' | 'published';
}

/** One stretch of a DAG inside a CAR. */
export interface DagRun {
  seq: number;
  carId: CarId;
  /** Of the stretch inside the CAR, in bytes. */
  offset: number;
  length: number;
}

/** The same with the piece that the CAR is, and who holds that piece, the proven first. */
export interface HeldRun extends DagRun {
  pieceCid: string | null;
  pieceSize: bigint | null;
  holders: Holder[];
}

/**
 * What one deal costs: per epoch rounded down, times its epochs (estuary.md 6). A miner charges for its smallest piece
 * at least.
 */
export function dealCost(price: AttoFil, pieceSize: bigint, minPieceSize: bigint, duration: number): AttoFil {
  return pricePerEpoch(price, pieceSize > minPieceSize ? pieceSize : minPieceSize) * BigInt(duration);
}
