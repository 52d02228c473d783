import { DomainError } from '../shared/index.js';
/** No such pin, or another account's: which of the two is told to nobody. Specification: 404. */ export class PinNotFound extends DomainError {
    constructor(requestId){
        super(`there is no pin with request id ${requestId}`), this.code = 'ERR_RECORD_NOT_FOUND', this.status = 404;
    }
}
/** The key has sent more than its rate (specification: 429). `retryAfterMs` is when the next request is let through. */ export class TooManyRequests extends DomainError {
    constructor(perSecond, retryAfterMs){
        super(`this key may send ${perSecond} requests a second`, {
            retryAfterMs
        }), this.code = 'ERR_TOO_MANY_REQUESTS', this.status = 429, this.retryable = true;
    }
}
/**
 * Pinning Service API 1.0.0, 409: the account's plan has no room for the pin. The reason is the specification's word.
 */ let InsufficientFunds = class InsufficientFunds extends DomainError {
    constructor(...args){
        super(...args), this.code = 'INSUFFICIENT_FUNDS', this.status = 409;
    }
};
/** The account has as many pins as it may have. */ export class PinQuotaUsedUp extends InsufficientFunds {
    constructor(){
        super('this account has as many pins as it may have: delete some, or ask the operator for a larger quota');
    }
}
/** The account stores as many bytes as it may. */ export class BytesUsedUp extends InsufficientFunds {
    constructor(){
        super('this account stores as many bytes as it may: delete something, or ask the operator for a larger quota');
    }
}
/** No worker has ever told where it can be reached, so no answer could name the delegates that it must name. */ export class NoIpfsNode extends DomainError {
    constructor(){
        super('no IPFS node of this platform has come up yet', {
            retryAfterMs: 5_000
        }), this.code = 'ERR_NO_IPFS_NODE', this.status = 503, this.retryable = true;
    }
}
/** `ignore-dupes=true`, and the account has a pin of this CID. */ export class PinExists extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CONTENT_EXISTS', this.status = 409;
    }
}
/** `status` of a listing names none of the specification's four. */ export class InvalidPinStatus extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_INVALID_PINNING_STATUS', this.status = 400;
    }
}
/**
 * Somebody deleted or replaced the pin, or another worker took it over: whoever sees this stops and leaves the row
 * alone.
 */ export class PinLeaseLost extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_PIN_TAKEN_AWAY';
    }
}
/** No block arrived for as long as the settings allow. */ export class PinStalled extends DomainError {
    constructor(seconds, blocks){
        super(blocks === 0 ? `no peer sent the first block within ${seconds} s` : `no block arrived for ${seconds} s, after ${blocks} blocks`), this.code = 'ERR_PIN_NO_PROGRESS';
    }
}
/**
 * The transfer took longer than a pin may. What so many hours did not bring, as many more from the beginning would not
 * either.
 */ export class PinTimedOut extends DomainError {
    constructor(hours, blocks){
        super(`the transfer took more than ${hours} h, and had ${blocks} blocks then`), this.code = 'ERR_PIN_TIMEOUT';
    }
}
/** Others wait who have had less: the pin goes back to the queue. No failure of anything. */ export class PinPreempted extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_PIN_PREEMPTED';
    }
}

//# sourceMappingURL=pinning.errors.js.map
