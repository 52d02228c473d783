import { DomainError } from '../../shared/index.js';

abstract class Unauthenticated extends DomainError {
  override readonly status = 401;
}

/** No Authorization header. */
export class AuthMissing extends Unauthenticated {
  readonly code = 'ERR_AUTH_MISSING';
}

/** An Authorization header without a bearer token. */
export class AuthMissingBearer extends Unauthenticated {
  readonly code = 'ERR_AUTH_MISSING_BEARER';
}

/** Unknown, malformed or revoked: the caller is not told which. */
export class InvalidToken extends Unauthenticated {
  readonly code = 'ERR_INVALID_TOKEN';
}

export class TokenExpired extends Unauthenticated {
  readonly code = 'ERR_TOKEN_EXPIRED';
}

export class InvalidUsername extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

export class InvalidExpiry extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

export class InvalidLimit extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

/** The key is good, but not for this. */
export class NotAuthorized extends DomainError {
  readonly code = 'ERR_NOT_AUTHORIZED';
  override readonly status = 403;
}

export class UsernameTaken extends DomainError {
  readonly code = 'ERR_USERNAME_TAKEN';
  override readonly status = 400;
}

export class UserNotFound extends DomainError {
  readonly code = 'ERR_USER_NOT_FOUND';
  override readonly status = 404;
}

export class ApiKeyNotFound extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;
}

/** An upload asks for more of its deals than the account may; `details` says of what, and how much it may. */
export class DealTermsAboveCap extends DomainError {
  readonly code = 'ERR_DEAL_TERMS_ABOVE_CAP';
  override readonly status = 403;
}

/** The deals that an upload asks for would pass what the account may spend within 24 hours. */
export class DealBudgetExceeded extends DomainError {
  readonly code = 'ERR_DEAL_BUDGET_EXCEEDED';
  override readonly status = 403;
}
