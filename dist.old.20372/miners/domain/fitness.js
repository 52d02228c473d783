import { formatFil } from '../../shared/index.js';
import { breakerState } from './breaker.js';
import { isSuspended } from './miner.js';
/** Why this miner cannot take this deal, in words that a user can read; null when it can. */ export function unfitReason(miner, wanted, { now, askFreshMs, allowed }) {
    if (wanted.exclude.includes(miner.address)) return 'is excluded: it has this piece already, or failed it';
    if (allowed.length > 0 && !allowed.includes(miner.address)) return 'is not among the miners that the operator allows';
    if (isSuspended(miner, now)) return `is suspended${miner.suspendedReason ? `: ${miner.suspendedReason}` : ''}`;
    if (breakerState(miner.breaker, now) === 'open') return `failed ${miner.breaker.failures} times in a row and is left alone until ${miner.breaker.openUntil?.toISOString()}`;
    return askReason(miner, wanted, now, askFreshMs);
}
/** What its newest ask says against the deal. */ function askReason({ ask, askError }, { pieceSize, verified, maxPrice }, now, freshMs) {
    const silence = askError ? ` (${askError})` : '';
    if (ask === null) return `never told its price${silence}`;
    if (now.getTime() - ask.seenAt.getTime() > freshMs) return `has not told its price since ${ask.seenAt.toISOString()}${silence}`;
    const price = verified ? ask.verifiedPrice : ask.price;
    if (price > maxPrice) return `asks ${formatFil(price)} FIL per GiB and epoch, above the cap of ${formatFil(maxPrice)}`;
    if (pieceSize < ask.minPieceSize) return `takes no piece below ${ask.minPieceSize} bytes`;
    if (pieceSize > ask.maxPieceSize) return `takes no piece above ${ask.maxPieceSize} bytes`;
    return null;
}

//# sourceMappingURL=fitness.js.map
