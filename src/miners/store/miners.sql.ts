import { sql } from '../../platform/prisma/index.js';
import type { ScoreLine } from '../domain/score.js';

/**
 * A miner as everybody may see it. Prices are attoFIL per GiB per epoch as decimal text; null where no ask was ever
 * heard.
 */
export interface PublicMiner {
  address: string;
  name: string;
  peerId: string | null;
  addresses: string[];
  httpUrl: string | null;
  owner: string | null;
  worker: string | null;
  version: string | null;
  suspended: boolean;
  suspendedReason: string | null;
  suspendedUntil: Date | null;
  /** `operator` or `rule`; null: not suspended, or by a release that did not say. */
  suspendedBy: string | null;
  suspendedSince: Date | null;
  /** Null: nobody said. */
  region: string | null;
  /** Why it did not answer when it was last asked for its price; null while it answers. */
  askError: string | null;
  /** 0 to 100; null while nothing was measured. Its last thirty days, oldest first. */
  score: number | null;
  scoreCourse: number[];
  /** Until then the circuit breaker lets no proposal through. */
  openUntil: Date | null;
  price: string | null;
  verifiedPrice: string | null;
  minPieceSize: bigint | null;
  maxPieceSize: bigint | null;
  askSeenAt: Date | null;
}

/** Those under one of these spellings, or all by address, each with its newest ask alone: old asks are many, and nobody asked for them. */
export const MINERS = sql<PublicMiner, [addresses: readonly string[] | null]>(`
  SELECT address, name, peer_id AS "peerId", addresses, http_url AS "httpUrl", owner, worker, version, suspended,
    suspended_reason AS "suspendedReason", suspended_until AS "suspendedUntil", suspended_by AS "suspendedBy",
    suspended_since AS "suspendedSince", region, ask_error AS "askError", miners.score,
    coalesce(course.scores, '{}') AS "scoreCourse", open_until AS "openUntil", ask.price,
    ask.verified_price AS "verifiedPrice", ask.min_piece_size AS "minPieceSize", ask.max_piece_size AS "maxPieceSize",
    ask.seen_at AS "askSeenAt"
  FROM miners LEFT JOIN LATERAL (SELECT * FROM miner_asks WHERE miner = miners.address ORDER BY id DESC LIMIT 1) AS ask ON true
    LEFT JOIN LATERAL (SELECT array_agg(day.score ORDER BY day.day) AS scores
      FROM (SELECT * FROM miner_scores s WHERE s.miner = miners.address ORDER BY s.day DESC LIMIT 30) AS day) AS course ON true
  WHERE $1::text[] IS NULL OR address = ANY($1::text[]) ORDER BY address`);

/** A score as it stood last on one UTC day, with the lines that it is the sum of. */
export interface ScoredDay {
  day: Date;
  score: number;
  lines: ScoreLine[];
  at: Date;
}

/** Newest day first. By the primary key. */
export const SCORES = sql<ScoredDay, [miner: string, limit: number]>(`
  SELECT day, score, lines, at FROM miner_scores WHERE miner = $1 ORDER BY day DESC LIMIT $2`);

/** An ask that a miner answered with, in force from `at`, heard last at `seenAt`. */
export interface PastAsk {
  /** attoFIL per GiB per epoch, decimal text. */
  price: string;
  verifiedPrice: string;
  /** Padded bytes. */
  minPieceSize: bigint;
  maxPieceSize: bigint;
  at: Date;
  seenAt: Date;
}

/** The newest first. By index. */
export const ASKS = sql<PastAsk, [miner: string, limit: number]>(`
  SELECT price, verified_price AS "verifiedPrice", min_piece_size AS "minPieceSize", max_piece_size AS "maxPieceSize", at,
    seen_at AS "seenAt"
  FROM miner_asks WHERE miner = $1 ORDER BY id DESC LIMIT $2`);

/**
 * To the end of the transaction: two outcomes at the same time both count. No row: there is no such miner, and no lock.
 */
export const LOCK_MINER = sql<never, [address: string]>('SELECT 1 AS locked FROM miners WHERE address = $1 FOR UPDATE');
