import { DomainError } from '../../shared/index.js';

/** No such webhook or delivery, or another account's: the caller is not told which. */
export class WebhookNotFound extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;

  constructor() {
    super('there is no such webhook or delivery');
  }
}

/** The account has as many webhooks as it may have. */
export class TooManyWebhooks extends DomainError {
  readonly code = 'ERR_TOO_MANY_WEBHOOKS';
  override readonly status = 409;

  constructor(most: number) {
    super(`an account may have ${most} webhooks: delete one first`, { details: { most } });
  }
}

/** Nothing is sent to private addresses that the operator has not opened. */
export class WebhookAddressRefused extends DomainError {
  readonly code = 'ERR_WEBHOOK_ADDRESS_REFUSED';
  override readonly status = 400;

  constructor() {
    super('url: leads to a private address, to which nothing is sent from here', { details: { fields: ['url'] } });
  }
}

/** The account, or this process, has as many open streams of events as it may have. */
export class TooManyStreams extends DomainError {
  readonly code = 'ERR_TOO_MANY_STREAMS';
  override readonly status = 429;
  override readonly retryable = true;

  constructor(most: number) {
    super(`no more than ${most} streams of events may be open at once: close one`, { retryAfterMs: 5_000 });
  }
}
