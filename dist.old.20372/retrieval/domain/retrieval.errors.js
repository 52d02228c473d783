import { DomainError } from '../../shared/index.js';
/** One source could not give what was asked; the next one may. The message is for people. */ export class FetchFailed extends DomainError {
    constructor(reason, message, cause){
        super(message, {
            cause
        }), this.reason = reason, this.code = 'FETCH_FAILED', this.status = 502, this.retryable = true;
    }
}
/** Nothing stored here, or ever offloaded from here, has this root. */ export class DagUnknown extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CONTENT_NOT_FOUND', this.status = 404;
    }
}
/** No retrieval has this id, or none was ever asked for with this root. */ export class RetrievalNotFound extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_RECORD_NOT_FOUND', this.status = 404;
    }
}
/** No source could give the DAG; `details.reasons` says why for each miner, in the order tried. */ export class RetrievalFailed extends DomainError {
    constructor(root, retrievalId, reasons){
        const told = reasons.map(({ miner, source, reason, message })=>({
                miner,
                source,
                reason,
                message
            }));
        const summary = told.length === 0 ? 'no miner is known to hold it' : told.map(({ miner, source, reason })=>`${miner ?? source}: ${reason}`).join(', ');
        super(`${root} could not be retrieved (${summary})`, {
            details: {
                cid: root,
                retrievalId,
                reasons: told
            },
            retryAfterMs: 10_000
        }), this.code = 'ERR_RETRIEVAL_FAILED', this.status = 504, this.retryable = true;
    }
}
/** The bytes are still on their way; asking again later finds the same retrieval, further on. */ export class RetrievalPending extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_RETRIEVAL_PENDING', this.status = 504, this.retryable = true;
    }
}
/** A piece's CAR could not be retrieved from any of its holders. */ export class PieceUnavailable extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_PIECE_UNAVAILABLE', this.status = 504, this.retryable = true;
    }
}
/** The table of transitions does not have it: a defect of ours. */ export class IllegalRetrievalTransition extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ILLEGAL_MOVE', this.status = 409;
    }
}

//# sourceMappingURL=retrieval.errors.js.map
