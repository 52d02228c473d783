import { DomainError } from '../../shared/index.js';
let Unauthenticated = class Unauthenticated extends DomainError {
    constructor(...args){
        super(...args), this.status = 401;
    }
};
/** No Authorization header. */ export class AuthMissing extends Unauthenticated {
    constructor(...args){
        super(...args), this.code = 'ERR_AUTH_MISSING';
    }
}
/** An Authorization header without a bearer token. */ export class AuthMissingBearer extends Unauthenticated {
    constructor(...args){
        super(...args), this.code = 'ERR_AUTH_MISSING_BEARER';
    }
}
/** Unknown, malformed or revoked: the caller is not told which. */ export class InvalidToken extends Unauthenticated {
    constructor(...args){
        super(...args), this.code = 'ERR_INVALID_TOKEN';
    }
}
export class TokenExpired extends Unauthenticated {
    constructor(...args){
        super(...args), this.code = 'ERR_TOKEN_EXPIRED';
    }
}
export class InvalidUsername extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_INVALID_INPUT', this.status = 400;
    }
}
export class InvalidExpiry extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_INVALID_INPUT', this.status = 400;
    }
}
export class InvalidLimit extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_INVALID_INPUT', this.status = 400;
    }
}
/** The key is good, but not for this. */ export class NotAuthorized extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_NOT_AUTHORIZED', this.status = 403;
    }
}
export class UsernameTaken extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_USERNAME_TAKEN', this.status = 400;
    }
}
export class UserNotFound extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_USER_NOT_FOUND', this.status = 404;
    }
}
export class ApiKeyNotFound extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_RECORD_NOT_FOUND', this.status = 404;
    }
}
/** An upload asks for more of its deals than the account may; `details` says of what, and how much it may. */ export class DealTermsAboveCap extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_DEAL_TERMS_ABOVE_CAP', this.status = 403;
    }
}
/** The deals that an upload asks for would pass what the account may spend within 24 hours. */ export class DealBudgetExceeded extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_DEAL_BUDGET_EXCEEDED', this.status = 403;
    }
}

//# sourceMappingURL=accounts.errors.js.map
