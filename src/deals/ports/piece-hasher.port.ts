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
