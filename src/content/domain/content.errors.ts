import { DomainError } from '../../shared/index.js';
import { ReferenceRefused } from '../../storage/index.js';

/** Never there, deleted, or somebody else's: the caller is not told which. */
export class ContentNotFound extends DomainError {
  readonly code = 'ERR_CONTENT_NOT_FOUND';
  override readonly status = 404;
}

/** The body passes CONTENT_SIZE_LIMIT. */
export class ContentTooLarge extends DomainError {
  readonly code = 'ERR_CONTENT_SIZE_OVER_LIMIT';
  override readonly status = 400;
}

/**
 * The account would have more than its quota. Estuary never got that far (its quotas stayed on a branch); 403, because
 * the same request will not do better later and nothing is wrong with this server, which is what a 507 would tell its
 * operator and make clients try again. On the pinning routes it is the specification's 409 INSUFFICIENT_FUNDS.
 */
export class QuotaExceeded extends ReferenceRefused {
  readonly code = 'ERR_QUOTA_EXCEEDED';
  override readonly status = 403;

  constructor(left: number) {
    super(`this account may store ${left} more bytes: delete something, or ask the operator for a larger quota`, {
      details: { left },
    });
  }
}

/** `ignore-dupes=true`, and the account has this CID already. */
export class ContentExists extends DomainError {
  readonly code = 'ERR_CONTENT_EXISTS';
  override readonly status = 409;
}

/** The CAR is not what the specification says; `details.offset` is the byte where it went wrong. */
export class CarInvalid extends DomainError {
  readonly code = 'ERR_CAR_INVALID';
  override readonly status = 400;
}

/** A block's bytes do not hash to its CID. */
export class BlockHashMismatch extends DomainError {
  readonly code = 'ERR_CAR_BLOCK_HASH_MISMATCH';
  override readonly status = 400;
}

/** A CID asks for a hash function that we cannot check: nothing unverified is stored. */
export class HashNotSupported extends DomainError {
  readonly code = 'ERR_CAR_HASH_NOT_SUPPORTED';
  override readonly status = 400;
}

/** Blocks that the DAG links to did not come with it. */
export class DagIncomplete extends DomainError {
  readonly code = 'ERR_CAR_INCOMPLETE';
  override readonly status = 400;
}

/** The client went away, or the connection broke, before the body was complete. */
export class UploadAborted extends DomainError {
  readonly code = 'ERR_UPLOAD_ABORTED';
  override readonly status = 400;
}

/** A path of a folder upload that is none: absolute, with `..` or empty parts, too long, ... `details.path` is it. */
export class PathInvalid extends DomainError {
  readonly code = 'ERR_PATH_INVALID';
  override readonly status = 400;
}

/** Two files of one path, or a file and a folder of one name, in one upload or collection. */
export class PathConflict extends DomainError {
  readonly code = 'ERR_PATH_CONFLICT';
  override readonly status = 400;
}

/** More files and folders than UPLOAD_ENTRIES_LIMIT in one upload. */
export class TooManyEntries extends DomainError {
  readonly code = 'ERR_TOO_MANY_ENTRIES';
  override readonly status = 400;

  constructor(limit: number) {
    super(`at most ${limit} files and folders may come in one upload`, { details: { limit } });
  }
}

/** A part of a file was sent as if it were one (RFC 9110, 14.5: such a request is answered with 400). */
export class ContentRangeRefused extends DomainError {
  readonly code = 'ERR_CONTENT_RANGE_NOT_SUPPORTED';
  override readonly status = 400;
}

/** A body without a byte, and nobody said that the file is empty. */
export class EmptyBody extends DomainError {
  readonly code = 'ERR_EMPTY_BODY';
  override readonly status = 400;
}

/** No upload of this name: never made, ended, expired, or somebody else's. */
export class PartialUploadNotFound extends DomainError {
  readonly code = 'ERR_UPLOAD_NOT_FOUND';
  override readonly status = 404;
}

/** There was such an upload, and its bytes are not on this node any more. */
export class PartialUploadGone extends DomainError {
  readonly code = 'ERR_UPLOAD_GONE';
  override readonly status = 410;
}

/** Bytes are to go where none are missing; `details.offset` is where the upload goes on (tus 1.0, PATCH: 409). */
export class UploadOffsetConflict extends DomainError {
  readonly code = 'ERR_UPLOAD_OFFSET';
  override readonly status = 409;

  constructor(offset: number) {
    super(`this upload goes on at byte ${offset}`, { details: { offset } });
  }
}

/** More bytes than the upload announced (tus 1.0: 413). */
export class UploadTooLong extends DomainError {
  readonly code = 'ERR_UPLOAD_TOO_LONG';
  override readonly status = 413;
}

/** The bytes of a request are not those of its checksum, and none of them was kept (tus 1.0, checksum: 460). */
export class UploadChecksumMismatch extends DomainError {
  readonly code = 'ERR_UPLOAD_CHECKSUM';
  override readonly status = 460;
}

/** Not all bytes are here. */
export class UploadIncomplete extends DomainError {
  readonly code = 'ERR_UPLOAD_INCOMPLETE';
  override readonly status = 409;

  constructor(offset: number, length: number) {
    super(`${offset} of ${length} bytes are here`, { details: { offset, length } });
  }
}

/** An upload that is made of others takes no bytes (tus 1.0, concatenation: 403). */
export class UploadIsFinal extends DomainError {
  readonly code = 'ERR_UPLOAD_FINAL';
  override readonly status = 403;
}

/** So many uploads of this account have begun and not ended. */
export class TooManyPartialUploads extends DomainError {
  readonly code = 'ERR_TOO_MANY_UPLOADS';
  override readonly status = 429;
}

/** `Tus-Resumable` is not there, or names another version (tus 1.0: 412). */
export class TusVersionRefused extends DomainError {
  readonly code = 'ERR_TUS_VERSION';
  override readonly status = 412;
}

/** Never there, or somebody else's. */
export class CollectionNotFound extends DomainError {
  readonly code = 'ERR_COLLECTION_NOT_FOUND';
  override readonly status = 404;
}

/** Something else stands at that path of the collection; `overwrite=true` puts the content in its place. */
export class ContentInCollection extends DomainError {
  readonly code = 'ERR_CONTENT_IN_COLLECTION';
  override readonly status = 400;
}

/** Its bytes are with miners alone: asked for once, it comes back. */
export class ContentOffloaded extends DomainError {
  readonly code = 'ERR_CONTENT_OFFLOADED';
  override readonly status = 409;
  override readonly retryable = true;
}
