import type { NodeFaultName } from '../../deals/index.js';
import { DomainError } from '../../shared/index.js';
import type { AttemptReport } from './retrieval.js';

/** Why one try at one source did not give the bytes. */
export type FetchReason =
  | 'unreachable'
  | 'http-status'
  | 'not-held'
  | 'sealed-only'
  | 'payment-asked'
  | 'unsupported'
  | 'wrong-bytes'
  | 'truncated'
  | 'timeout'
  | 'too-slow'
  /** Our own node, wallet or disk: `fault` says which. */
  | 'node-fault';

/**
 * One source could not give what was asked; the next one may. The message is for people. `fault`: what was wrong with
 * our own node, and then the miner has nothing to do with it.
 */
export class FetchFailed extends DomainError {
  readonly code = 'FETCH_FAILED';
  override readonly status = 502;
  override readonly retryable = true;

  constructor(
    readonly reason: FetchReason,
    message: string,
    cause?: unknown,
    readonly fault: NodeFaultName | null = null,
  ) {
    super(message, { cause });
  }
}

/** Nothing stored here, or ever offloaded from here, has this root. */
export class DagUnknown extends DomainError {
  readonly code = 'ERR_CONTENT_NOT_FOUND';
  override readonly status = 404;
}

/** No retrieval has this id, or none was ever asked for with this root. */
export class RetrievalNotFound extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;
}

/** No source could give the DAG; `details.reasons` says why for each miner, in the order tried. */
export class RetrievalFailed extends DomainError {
  readonly code = 'ERR_RETRIEVAL_FAILED';
  override readonly status = 504;
  override readonly retryable = true;

  constructor(root: string, retrievalId: string, reasons: readonly AttemptReport[]) {
    const told = reasons.map(({ miner, source, reason, message }) => ({ miner, source, reason, message }));
    const summary =
      told.length === 0
        ? 'no miner is known to hold it'
        : told.map(({ miner, source, reason }) => `${miner ?? source}: ${reason}`).join(', ');
    super(`${root} could not be retrieved (${summary})`, {
      details: { cid: root, retrievalId, reasons: told },
      retryAfterMs: 10_000,
    });
  }
}

/** The bytes are still on their way; asking again later finds the same retrieval, further on. */
export class RetrievalPending extends DomainError {
  readonly code = 'ERR_RETRIEVAL_PENDING';
  override readonly status = 504;
  override readonly retryable = true;
}

/** A piece's CAR could not be retrieved from any of its holders. */
export class PieceUnavailable extends DomainError {
  readonly code = 'ERR_PIECE_UNAVAILABLE';
  override readonly status = 504;
  override readonly retryable = true;
}

/** The table of transitions does not have it: a defect of ours. */
export class IllegalRetrievalTransition extends DomainError {
  readonly code = 'ILLEGAL_MOVE';
  override readonly status = 409;
}
