import { DomainError, StartImpossible } from '../../shared/index.js';

/** The DAG's own root block did not come with it. */
export class RootMissing extends DomainError {
  readonly code = 'ERR_CAR_ROOT_MISSING';
  override readonly status = 400;
}

/** No room on this node's disk; nothing of what came in was kept. */
export class DiskFull extends DomainError {
  readonly code = 'ERR_DISK_FULL';
  override readonly status = 507;
  override readonly retryable = true;
  override readonly reportable = true;
}

/** The bytes cannot be written for another reason than space. */
export class CarWriteFailed extends DomainError {
  readonly code = 'ERR_CAR_WRITE_FAILED';
  override readonly status = 503;
  override readonly retryable = true;
  override readonly reportable = true;
}

/** The bytes of a CAR are not on this node: it was offloaded, or its file was lost. */
export class CarNotHere extends DomainError {
  readonly code = 'ERR_CAR_NOT_HERE';
  override readonly status = 503;
  override readonly retryable = true;
}

/** Part of the DAG lies in no sealed CAR: offloading would lose it. */
export class NotOffloadable extends DomainError {
  readonly code = 'ERR_CONTENT_NOT_OFFLOADABLE';
  override readonly status = 409;
}

/** Whoever keeps the references to DAGs refuses this one (an account's quota): nothing of it was stored. */
export abstract class ReferenceRefused extends DomainError {}

/** A DAG was brought back that nobody refers to any more. To clients it is content that is not there. */
export class DagNotReferenced extends DomainError {
  readonly code = 'ERR_CONTENT_NOT_FOUND';
  override readonly status = 404;
}

/**
 * Data folder and database do not belong together, or one of them is not what it was: nothing is read, cut or removed,
 * and the process does not start. The message says what to do about it.
 */
export class StorageMismatch extends StartImpossible {
  readonly code = 'ERR_STORAGE_MISMATCH';
}

/** A backup, or what it was to be restored to, is not as it has to be. */
export class BackupUnusable extends DomainError {
  readonly code = 'ERR_BACKUP_UNUSABLE';
}
