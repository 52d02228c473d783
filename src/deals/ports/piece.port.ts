import type { CarId, MinerId } from '../../shared/index.js';

export interface PieceCommitment {
  /** commP, CIDv1 fil-commitment-unsealed: `baga6ea4sea...`. */
  pieceCid: string;
  /** Padded bytes: a power of two, at least 128. */
  pieceSize: bigint;
}

/** Computes commP over the exact bytes of a CAR, outside the event loop. */
export abstract class PieceHasher {
  /** @throws when the file cannot be read, or the signal aborts. `onProgress` gets bytes done. */
  abstract hash(path: string, signal?: AbortSignal, onProgress?: (bytes: number) => void): Promise<PieceCommitment>;
}

/** Somebody who ought to have the bytes of a piece, best first. */
export interface PieceHolder {
  miner: MinerId;
  proposalCid: string;
  chainDealId: bigint | null;
}

export interface WantedPiece {
  carId: CarId;
  pieceCid: string;
  /** Padded. */
  pieceSize: bigint;
  /** Exact length of the CAR; the padding behind it is not part of the file. */
  carBytes: number;
  /** Root in the CAR's header. */
  root: string;
  holders: PieceHolder[];
}

/**
 * Retrieves the CAR of a piece to this node, for a repair when the file is not hot. Filled by the retrieval room.
 *
 * Promises on return that content's `CarFiles.sizeOf(carId)` answers `carBytes` and that the bytes are those that were
 * sealed (the piece CID was recomputed). Idempotent: a file that is there already is fine. Throws a retryable named
 * failure, with the reason of each holder, when nobody could give it.
 */
export abstract class PieceSource {
  abstract retrieve(piece: WantedPiece, signal?: AbortSignal): Promise<void>;
}
