/**
 * A head whose block is older than this, or as far in the future, decides about nothing: the node lags behind, or its
 * clock or ours is wrong. Null rounds and short forks stay far below.
 */ const FRESH_MS = 5 * 60_000;
/** Heads of a node that is in order never go back further than a short fork. */ const FORK_EPOCHS = 20;
/**
 * Whether what this head shows may be taken for what the chain says now. `highest`: the highest that this node ever
 * showed us; a much lower one comes from a node that was restored from a backup, or from another network.
 */ export function isFreshHead(head, highest, now) {
    return Math.abs(now.getTime() - head.timestamp * 1000) <= FRESH_MS && head.height >= highest - FORK_EPOCHS;
}

//# sourceMappingURL=fresh-head.js.map
