import { DomainError, StartImpossible } from '../../shared/index.js';
/** The DAG's own root block did not come with it. */ export class RootMissing extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CAR_ROOT_MISSING', this.status = 400;
    }
}
/** No room on this node's disk; nothing of what came in was kept. */ export class DiskFull extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_DISK_FULL', this.status = 507, this.retryable = true, this.reportable = true;
    }
}
/** The bytes cannot be written for another reason than space. */ export class CarWriteFailed extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CAR_WRITE_FAILED', this.status = 503, this.retryable = true, this.reportable = true;
    }
}
/** The bytes of a CAR are not on this node: it was offloaded, or its file was lost. */ export class CarNotHere extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CAR_NOT_HERE', this.status = 503, this.retryable = true;
    }
}
/** Part of the DAG lies in no sealed CAR: offloading would lose it. */ export class NotOffloadable extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CONTENT_NOT_OFFLOADABLE', this.status = 409;
    }
}
/** Whoever keeps the references to DAGs refuses this one (an account's quota): nothing of it was stored. */ export class ReferenceRefused extends DomainError {
}
/** A DAG was brought back that nobody refers to any more. To clients it is content that is not there. */ export class DagNotReferenced extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_CONTENT_NOT_FOUND', this.status = 404;
    }
}
/**
 * Data folder and database do not belong together, or one of them is not what it was: nothing is read, cut or removed,
 * and the process does not start. The message says what to do about it.
 */ export class StorageMismatch extends StartImpossible {
    constructor(...args){
        super(...args), this.code = 'ERR_STORAGE_MISMATCH';
    }
}
/** A backup, or what it was to be restored to, is not as it has to be. */ export class BackupUnusable extends DomainError {
    constructor(...args){
        super(...args), this.code = 'ERR_BACKUP_UNUSABLE';
    }
}

//# sourceMappingURL=storage.errors.js.map
