/** When to give up. */
export interface FetchLimits {
  /** The caller's: ends the stream with its reason. */
  signal: AbortSignal;
  /** No byte for this long is a failure. */
  idleMs: number;
}

/** In bytes of the unpadded piece. */
export interface PieceRange {
  offset: number;
  length: number;
}

/**
 * Bytes from a miner's HTTP endpoint, unverified. The stream ends when the miner is done, and stops asking when its
 * reader returns early. Every failure, before the first byte or in the middle, is a FetchFailed with its reason; only
 * the caller's own abort surfaces as the signal's reason.
 */
export abstract class MinerFetcher {
  /** A CAR of the whole DAG from its root down (trustless gateway, dag-scope=all). */
  abstract car(baseUrl: string, root: string, limits: FetchLimits): AsyncIterable<Uint8Array>;
  /**
   * A stretch of a piece; exactly so many bytes, or 'truncated'. A server that ignores ranges is read past the bytes
   * before.
   */
  abstract piece(baseUrl: string, pieceCid: string, range: PieceRange, limits: FetchLimits): AsyncIterable<Uint8Array>;
}
