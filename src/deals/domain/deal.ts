import {
  type AttoFil,
  type CarId,
  type DealId,
  type Epoch,
  type Json,
  type MinerId,
  pricePerEpoch,
} from '../../shared/index.js';
import type { DealState, PieceState } from './deal-state.js';

/** A sealed CAR on its way to, and at, the miners. */
export interface Piece {
  carId: CarId;
  root: string;
  carBytes: number;
  state: PieceState;
  /** Null until commP is known. */
  pieceCid: string | null;
  /** Padded. */
  pieceSize: bigint | null;
  replication: number;
  /** Epochs. */
  duration: number;
  verified: boolean;
  /** attoFIL per GiB per epoch. */
  maxPrice: AttoFil;
  commpAttempts: number;
  lastError: string | null;
  /** Its CAR holds contents of many. */
  shared: boolean;
  /** The uploader named the price cap: the platform's does not apply. */
  ownMaxPrice: boolean;
  /** When a worker has to look at it. */
  nextCheckAt: Date;
  createdAt: Date;
  committedAt: Date | null;
  replicatedAt: Date | null;
}

/** A piece whose commP is known. */
export type CommittedPiece = Piece & { pieceCid: string; pieceSize: bigint };

export function isCommitted(piece: Piece): piece is CommittedPiece {
  return piece.pieceCid !== null && piece.pieceSize !== null && piece.state !== 'retired';
}

/**
 * What a deal is to its slot: the one that counts, a renewal made to replace it, or the one that was replaced and is kept to its end.
 * A slot never has two live deals of one role.
 */
export type DealRole = 'current' | 'renewal' | 'outgoing';

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
  totalCost: AttoFil;
  duration: number;
  startEpoch: Epoch | null;
  endEpoch: Epoch | null;
  proposalCid: string | null;
  chainDealId: bigint | null;
  publishCid: string | null;
  proposal: Json;
  chainDeal: Json;
  proposingSince: Date | null;
  activeEpoch: Epoch | null;
  slashEpoch: Epoch | null;
  bytesSent: number;
  failurePhase: string | null;
  failureReason: string | null;
  failureMessage: string | null;
  renews: DealId | null;
  createdAt: Date;
  /** The last time that anything moved: a state or a byte. */
  updatedAt: Date;
}

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

const SMALLEST_PIECE = 128n;

/** Padded size of a piece with this many bytes: fr32 turns 127 bytes into 128, and a piece is a power of two. */
export function paddedPieceSize(bytes: bigint): bigint {
  const padded = (bytes * 128n + 126n) / 127n;
  let size = SMALLEST_PIECE;
  while (size < padded) size *= 2n;
  return size;
}

/** What one deal costs: per epoch rounded down, times its epochs (estuary.md 6). A miner charges for its smallest piece at least. */
export function dealCost(price: AttoFil, pieceSize: bigint, minPieceSize: bigint, duration: number): AttoFil {
  return pricePerEpoch(price, pieceSize > minPieceSize ? pieceSize : minPieceSize) * BigInt(duration);
}
