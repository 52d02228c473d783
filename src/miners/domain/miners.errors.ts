import { DomainError } from '../../shared/index.js';

/** The miner did not tell its price: unreachable, or no answer in time. */
export class AskNotAnswered extends DomainError {
  readonly code = 'ASK_NOT_ANSWERED';
  override readonly status = 502;
  override readonly retryable = true;
}

/** No record of this miner. */
export class MinerNotFound extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;
}

/** The chain does not know a miner by this address. */
export class NoSuchMiner extends DomainError {
  readonly code = 'ERR_INVALID_MINER_SETUP';
  override readonly status = 400;
}
