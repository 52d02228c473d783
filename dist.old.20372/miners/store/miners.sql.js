import { sql } from '../../platform/prisma/index.js';
/** One miner, or all by address, each with its newest ask alone: old asks are many, and nobody asked for them. */ export const MINERS = sql(`
  SELECT address, name, peer_id AS "peerId", addresses, http_url AS "httpUrl", owner, worker, version, suspended,
    suspended_reason AS "suspendedReason", suspended_until AS "suspendedUntil", open_until AS "openUntil", ask.price,
    ask.verified_price AS "verifiedPrice", ask.min_piece_size AS "minPieceSize", ask.max_piece_size AS "maxPieceSize",
    ask.seen_at AS "askSeenAt"
  FROM miners LEFT JOIN LATERAL (SELECT * FROM miner_asks WHERE miner = miners.address ORDER BY id DESC LIMIT 1) AS ask ON true
  WHERE $1::text IS NULL OR address = $1 ORDER BY address`);
/** To the end of the transaction: two outcomes at the same time both count. */ export const LOCK_MINER = sql('SELECT 1 AS locked FROM miners WHERE address = $1 FOR UPDATE');

//# sourceMappingURL=miners.sql.js.map
