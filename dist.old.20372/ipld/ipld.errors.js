import { DomainError } from '../shared/index.js';
/**
 * What can be wrong with bytes that claim to be IPLD. Each room gives these failures its own name before they reach a
 * user; the codes here are seen only where a room forgot to.
 */ /** A block that its own codec cannot read. */ export class BlockUndecodable extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_BLOCK_UNDECODABLE', this.status = 422;
    }
}
/** A codec whose links cannot be read here. */ export class CodecUnknown extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CODEC_UNKNOWN', this.status = 422;
    }
}
/** A CID that carries more bytes than a CID may: data that is smuggled past what counts and limits blocks. */ export class IdentityTooLong extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_IDENTITY_CID_TOO_LONG', this.status = 422;
    }
}
/** A UnixFS file node whose parts contradict each other. */ export class UnixfsUnsound extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_UNIXFS_UNSOUND', this.status = 422;
    }
}
/** A CAR that is not what the specification says. `offset` is the byte where it went wrong. */ export class CarMalformed extends DomainError {
    constructor(message, offset, cause){
        super(message, {
            details: {
                offset
            },
            cause
        }), this.offset = offset, this.code = 'ERR_CAR_MALFORMED', this.status = 422;
    }
}
/** A CAR that ends too early: the rest may come from elsewhere, and what came before is not wrong. */ export class CarTruncated extends CarMalformed {
    constructor(...args){
        super(...args), this.code = 'ERR_CAR_TRUNCATED';
    }
}

//# sourceMappingURL=ipld.errors.js.map
