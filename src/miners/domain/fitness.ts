import { formatFil, sameAddress, type AttoFil, type MinerId } from '../../shared/index.js';
import { breakerState } from './breaker.js';
import { isSuspended, type Miner } from './miner.js';

/** What a deal needs of a miner. */
export interface Wanted {
  /** Padded bytes. */
  pieceSize: bigint;
  verified: boolean;
  /** attoFIL per GiB per epoch. */
  maxPrice: AttoFil;
  exclude: readonly MinerId[];
}

interface Circumstances {
  now: Date;
  /** An ask not heard again for this long counts as unknown. */
  askFreshMs: number;
  /** Empty: all may be dealt with. */
  allowed: readonly string[];
}

/** Why this miner cannot take this deal, in words that a user can read; null when it can. */
export function unfitReason(miner: Miner, wanted: Wanted, { now, askFreshMs, allowed }: Circumstances): string | null {
  const isMiner = (address: string) => sameAddress(address, miner.address);
  if (wanted.exclude.some(isMiner)) return 'is excluded: it has this piece already, or failed it';
  if (allowed.length > 0 && !allowed.some(isMiner)) return 'is not among the miners that the operator allows';
  if (isSuspended(miner, now)) return `is suspended${miner.suspendedReason ? `: ${miner.suspendedReason}` : ''}`;
  if (breakerState(miner.breaker, now) === 'open')
    return `failed ${miner.breaker.failures} times in a row and is left alone until ${miner.breaker.openUntil?.toISOString()}`;
  return askReason(miner, wanted, now, askFreshMs);
}

/** What its newest ask says against the deal. */
function askReason(
  { ask, askError }: Miner,
  { pieceSize, verified, maxPrice }: Wanted,
  now: Date,
  freshMs: number,
): string | null {
  const silence = askError ? ` (${askError})` : '';
  if (ask === null) return `never told its price${silence}`;
  if (now.getTime() - ask.seenAt.getTime() > freshMs)
    return `has not told its price since ${ask.seenAt.toISOString()}${silence}`;
  const price = verified ? ask.verifiedPrice : ask.price;
  if (price > maxPrice)
    return `asks ${formatFil(price)} FIL per GiB and epoch, above the cap of ${formatFil(maxPrice)}`;
  if (pieceSize < ask.minPieceSize) return `takes no piece below ${ask.minPieceSize} bytes`;
  if (pieceSize > ask.maxPieceSize) return `takes no piece above ${ask.maxPieceSize} bytes`;
  return null;
}
