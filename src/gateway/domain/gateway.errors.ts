import { DomainError } from '../../shared/index.js';

/** What stands in the place of a CID is none. */
export class InvalidCid extends DomainError {
  readonly code = 'ERR_INVALID_CID';
  override readonly status = 400;
}

/** The query or the path cannot be understood. */
export class InvalidRequest extends DomainError {
  readonly code = 'ERR_INVALID_INPUT';
  override readonly status = 400;
}

/** This node does not know the CID, or the path leads nowhere. */
export class NotHere extends DomainError {
  readonly code = 'ERR_CONTENT_NOT_FOUND';
  override readonly status = 404;
}

/** The block cannot be shown in the format asked for: codecs are not converted (IPIP-524). */
export class NotAcceptable extends DomainError {
  readonly code = 'ERR_NOT_ACCEPTABLE';
  override readonly status = 406;
}

/** `Cache-Control: only-if-cached`, and it is not on this node. */
export class NotCached extends DomainError {
  readonly code = 'ERR_NOT_CACHED';
  override readonly status = 412;
}

/** The path goes on below something that has no links (path gateway specification, 501). */
export class NotTraversable extends DomainError {
  readonly code = 'ERR_NOT_TRAVERSABLE';
  override readonly status = 501;
}

/** The blocks are here, but what they say is no UnixFS that could be read. */
export class Unreadable extends DomainError {
  readonly code = 'ERR_UNREADABLE_DAG';
  override readonly status = 422;
}

/** RFC 9110, 15.5.17: the answer says the size. */
export class RangeNotSatisfiable extends DomainError {
  readonly code = 'ERR_RANGE_NOT_SATISFIABLE';
  override readonly status = 416;

  constructor(readonly size: number) {
    super(`the range lies outside of the ${size} bytes`);
  }
}
