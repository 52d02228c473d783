import { DomainError } from '../../shared/index.js';

/** No caller is known: 401. The same request succeeds once it carries a good key. */
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

/** The key was good once; its `expiry` has passed. Make another. */
export class TokenExpired extends Unauthenticated {
  readonly code = 'ERR_TOKEN_EXPIRED';
}

/** Not 1 to 32 letters, digits, dots, dashes or underscores that begin with a letter or a digit. */
export class InvalidUsername extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

/** Neither a duration (`720h`, `1h30m`, `30d`) of at most 100 years nor `false`. */
export class InvalidExpiry extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

/** A limit outside its range; `details.fields` names it. */
export class InvalidLimit extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

/** The key is good, but not for this. */
export class NotAuthorized extends DomainError {
  readonly code = 'ERR_NOT_AUTHORIZED';
  override readonly status = 403;
}

/** Somebody has the name already, in whatever case it was written. */
export class UsernameTaken extends DomainError {
  readonly code = 'ERR_USERNAME_TAKEN';
  override readonly status = 400;
}

/** A new password that is too short, too long, or guessed at the first try. */
export class WeakPassword extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

/** Wrong name or wrong password: strangers are not told which. */
export class InvalidPassword extends DomainError {
  readonly code = 'ERR_INVALID_PASSWORD';
  override readonly status = 403;
}

/** So many log in at once that the machine has no room for one more. */
export class TooManyLogins extends DomainError {
  readonly code = 'ERR_UNAVAILABLE';
  override readonly status = 503;
  override readonly retryable = true;
}

/** A code that was never made, or was taken back. */
export class InvalidInvite extends DomainError {
  readonly code = 'ERR_INVALID_INVITE';
  override readonly status = 404;
}

/** Somebody has an account by this code. */
export class InviteAlreadyUsed extends DomainError {
  readonly code = 'ERR_INVITE_ALREADY_USED';
  override readonly status = 400;
}

/** A code that an operator chose is there already. */
export class InviteExists extends DomainError {
  readonly code = 'ERR_INVITE_EXISTS';
  override readonly status = 409;
}

/** A link that logs in, and does so no more. */
export class InvalidLoginLink extends DomainError {
  readonly code = 'ERR_INVALID_LOGIN_LINK';
  override readonly status = 403;
}

/** A browser says that another site's page sent this along with our cookie. */
export class CrossSiteRequest extends DomainError {
  readonly code = 'ERR_CROSS_SITE';
  override readonly status = 403;
}

/** A cookie alone changes nothing: the header that only our page can know is missing or another session's. */
export class InvalidCsrfToken extends DomainError {
  readonly code = 'ERR_INVALID_CSRF_TOKEN';
  override readonly status = 403;
}

/** An operator takes no contents, from anybody or from this account. Estuary's code and status. */
export class ContentAddingDisabled extends DomainError {
  readonly code = 'ERR_CONTENT_ADDING_DISABLED';
  override readonly status = 400;
}

/** Something that only a session can do was asked for by an API key. */
export class NoSession extends DomainError {
  readonly code = 'ERR_NO_SESSION';
  override readonly status = 400;
}

/** No account has the name that a path or a command gives. */
export class UserNotFound extends DomainError {
  readonly code = 'ERR_USER_NOT_FOUND';
  override readonly status = 404;
}

/** The caller has no living key with this token, hash or id. Another user's key reads the same. */
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
