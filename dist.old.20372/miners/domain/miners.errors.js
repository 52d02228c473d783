import { DomainError } from '../../shared/index.js';
/** The miner did not tell its price: unreachable, or no answer in time. */ export class AskNotAnswered extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ASK_NOT_ANSWERED', this.status = 502, this.retryable = true;
    }
}
/** No record of this miner. */ export class MinerNotFound extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_RECORD_NOT_FOUND', this.status = 404;
    }
}
/** The chain does not know a miner by this address. */ export class NoSuchMiner extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_INVALID_MINER_SETUP', this.status = 400;
    }
}

//# sourceMappingURL=miners.errors.js.map
