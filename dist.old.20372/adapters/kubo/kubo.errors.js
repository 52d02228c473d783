import { DomainError } from '../../shared/index.js';
/** Nobody answers at KUBO_RPC_URL, or not in time. Passes when Kubo is back. */ export class KuboUnreachable extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_IPFS_NODE_UNREACHABLE', this.status = 503, this.retryable = true;
    }
}
/**
 * Kubo's RPC does not let us in: KUBO_RPC_AUTH is not what its API.Authorizations says. Waits for the operator, as an
 * outage does.
 */ export class KuboForbidden extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_IPFS_NODE_FORBIDDEN', this.status = 503, this.retryable = true, this.reportable = true;
    }
}
/** Kubo said no, with its reason: in the status, inside the stream or in its trailer. */ export class KuboRefused extends DomainError {
    /**
   * `reason` is Kubo's own text: for our logs and for telling refusals apart. It may name files of its machine, so
   * nobody else is shown it whole.
   */ constructor(command, reason){
        super(`the IPFS node refused ${command}: ${withoutPaths(reason)}`, {
            cause: new Error(reason),
            details: {
                command
            }
        }), this.reason = reason, this.code = 'ERR_IPFS_NODE_REFUSED', this.status = 502, this.retryable = true;
    }
}
/** An answer that ended before it was whole, or is not what such an answer looks like. */ export class KuboAnswerBroken extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_IPFS_NODE_ANSWER_BROKEN', this.status = 502, this.retryable = true;
    }
}
/** The bytes that Kubo gave are not the block that was asked for. */ export class KuboWrongBytes extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_IPFS_NODE_WRONG_BYTES', this.status = 502, this.retryable = true, this.reportable = true;
    }
}
const LONGEST_REASON = 200;
function withoutPaths(reason) {
    const line = reason.split('\n', 1)[0] ?? '';
    return line.replace(/(^|[\s"'(])(\/[\w.@+-]+){2,}/g, '$1(path)').slice(0, LONGEST_REASON);
}

//# sourceMappingURL=kubo.errors.js.map
