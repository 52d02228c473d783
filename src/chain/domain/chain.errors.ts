import { DomainError } from '../../shared/index.js';

/**
 * The Filecoin node cannot be asked now: no connection, no answer in time, an HTTP failure, or nonsense instead of
 * JSON-RPC.
 */
export class ChainUnavailable extends DomainError {
  readonly code = 'CHAIN_UNAVAILABLE';
  override readonly status = 503;
  override readonly retryable = true;
}

/**
 * The node refuses our token: an operator must look. Retryable, so that work waits for the new token instead of being
 * dropped.
 */
export class ChainUnauthorized extends DomainError {
  readonly code = 'CHAIN_UNAUTHORIZED';
  override readonly status = 503;
  override readonly retryable = true;
  override readonly reportable = true;
}

/** The node does not have this method (any more). */
export class ChainMethodMissing extends DomainError {
  readonly code = 'CHAIN_METHOD_MISSING';
  override readonly status = 501;
  override readonly reportable = true;
}

/** The node answered with an error. `details.rpcCode` keeps the JSON-RPC code. */
export class ChainCallFailed extends DomainError {
  readonly code = 'CHAIN_CALL_FAILED';
  override readonly status = 502;
  override readonly retryable = true;
}
