import { DomainError } from '../../shared/index.js';

export class PinNotFound extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;

  constructor(requestId: string) {
    super(`there is no pin with request id ${requestId}`);
  }
}

/** The key has sent more than its rate. */
export class TooManyRequests extends DomainError {
  readonly code = 'ERR_TOO_MANY_REQUESTS';
  override readonly status = 429;
  override readonly retryable = true;

  constructor(perSecond: number, retryAfterMs: number) {
    super(`this key may send ${perSecond} requests a second`, { retryAfterMs });
  }
}

/** No worker has ever told where it can be reached, so no answer could name the delegates that it must name. */
export class NoIpfsNode extends DomainError {
  readonly code = 'ERR_NO_IPFS_NODE';
  override readonly status = 503;
  override readonly retryable = true;

  constructor() {
    super('no IPFS node of this platform has come up yet', { retryAfterMs: 5_000 });
  }
}

/** `ignore-dupes=true`, and the account has a pin of this CID. */
export class PinExists extends DomainError {
  readonly code = 'ERR_CONTENT_EXISTS';
  override readonly status = 409;
}

export class InvalidPinStatus extends DomainError {
  readonly code = 'ERR_INVALID_PINNING_STATUS';
  override readonly status = 400;
}

/** Somebody deleted or replaced the pin, or another worker took it over: whoever sees this stops and leaves the row alone. */
export class PinTakenAway extends DomainError {
  readonly code = 'ERR_PIN_TAKEN_AWAY';
}

/** No block arrived for as long as the settings allow. */
export class PinStalled extends DomainError {
  readonly code = 'ERR_PIN_NO_PROGRESS';

  constructor(seconds: number, blocks: number) {
    super(blocks === 0
      ? `no peer sent the first block within ${seconds} s`
      : `no block arrived for ${seconds} s, after ${blocks} blocks`);
  }
}
