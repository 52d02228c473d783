import type { CarId, MinerId } from '../../shared/index.js';

/** What commP is computed to be, over the bytes of a CAR and the zeros that fill up the piece. */
export interface PieceCommitment {
  /** commP, CIDv1 fil-commitment-unsealed: `baga6ea4sea...`. */
  pieceCid: string;
  /** Padded bytes: a power of two, at least 128. */
  pieceSize: bigint;
}

/** A piece whose bytes are hashed as they come. Either `digest` or `abandon` ends it, or the signal it was started with. */
export interface PieceHashing {
  /**
   * The next bytes, in order; they are copied. Resolves when more may come, which holds a fast source back.
   * @throws what became of the hasher, or the signal's reason
   */
  write(bytes: Uint8Array): Promise<void>;
  /** commP over all that was written. @throws as `write` */
  digest(): Promise<PieceCommitment>;
  /** Forgets what was written. Nothing after `digest`, or a second time. */
  abandon(): void;
}

/** Computes commP over the exact bytes of a CAR, outside the event loop, wherever the bytes come from. */
export abstract class PieceHasher {
  /** @throws the signal's reason when it has aborted */
  abstract start(signal?: AbortSignal): PieceHashing;

  /** Of all the bytes. @throws what they throw, and as `PieceHashing.write` */
  async hash(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<PieceCommitment> {
    const hashing = this.start(signal);
    try {
      for await (const chunk of bytes) await hashing.write(chunk);
      return await hashing.digest();
    } finally {
      hashing.abandon();
    }
  }
}

/** Somebody who ought to have the bytes of a piece, best first. */
export interface PieceHolder {
  miner: MinerId;
  proposalCid: string;
  chainDealId: bigint | null;
}

/** What a retrieval has to bring, and from whom. */
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
 * Promises on return that storage's `CarFiles.sizeOf(carId)` answers `carBytes` and that the bytes are those that were
 * sealed (the piece CID was recomputed). Idempotent: a file that is there already is fine. Throws a retryable named
 * failure, with the reason of each holder, when nobody could give it.
 */
export abstract class PieceSource {
  /** Holders are asked in the order given. @throws the signal's reason, when it aborts */
  abstract retrieve(piece: WantedPiece, signal?: AbortSignal): Promise<void>;
}
