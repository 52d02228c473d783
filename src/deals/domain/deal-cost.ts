import { type AttoFil, pricePerEpoch } from '../../shared/index.js';

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
