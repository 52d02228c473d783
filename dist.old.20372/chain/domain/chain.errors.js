import { DomainError } from '../../shared/index.js';
/**
 * The Filecoin node cannot be asked now: no connection, no answer in time, an HTTP failure, or nonsense instead of
 * JSON-RPC.
 */ export class ChainUnavailable extends DomainError {
    constructor(...args){
        super(...args), this.code = 'CHAIN_UNAVAILABLE', this.status = 503, this.retryable = true;
    }
}
/**
 * The node refuses our token: an operator must look. Retryable, so that work waits for the new token instead of being
 * dropped.
 */ export class ChainUnauthorized extends DomainError {
    constructor(...args){
        super(...args), this.code = 'CHAIN_UNAUTHORIZED', this.status = 503, this.retryable = true, this.reportable = true;
    }
}
/** The node does not have this method (any more). */ export class ChainMethodMissing extends DomainError {
    constructor(...args){
        super(...args), this.code = 'CHAIN_METHOD_MISSING', this.status = 501, this.reportable = true;
    }
}
/** The node answered with an error. `details.rpcCode` keeps the JSON-RPC code. */ export class ChainCallFailed extends DomainError {
    constructor(...args){
        super(...args), this.code = 'CHAIN_CALL_FAILED', this.status = 502, this.retryable = true;
    }
}

//# sourceMappingURL=chain.errors.js.map
