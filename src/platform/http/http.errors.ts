import { DomainError } from '../../shared/index.js';

/** What was sent does not have the shape that is asked for; the text names the fields, never the values. */
export class InvalidInput extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

/** No such row, or none that the caller may know of: one answer for both. */
export class RecordNotFound extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;
}

/** A rate is used up; `retryAfterMs` is when the next request is let through. */
export class TooManyRequests extends DomainError {
  readonly code = 'ERR_TOO_MANY_REQUESTS';
  override readonly status = 429;
  override readonly retryable = true;

  constructor(message: string, retryAfterMs: number) {
    super(message, { retryAfterMs });
  }
}

/** The process is about to end; another one, or the next, will answer. */
export class ShuttingDown extends DomainError {
  readonly code = 'ERR_UNAVAILABLE';
  override readonly status = 503;
  override readonly retryable = true;
}
