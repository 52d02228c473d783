import { DomainError } from '../shared/index.js';

/**
 * What can be wrong with bytes that claim to be IPLD. Each room gives these failures its own name before they reach a
 * user; the codes here are seen only where a room forgot to.
 */

/** A block that its own codec cannot read. */
export class BlockUndecodable extends DomainError {
  readonly code = 'ERR_BLOCK_UNDECODABLE';
  override readonly status = 422;
}

/** A codec whose links cannot be read here. */
export class CodecUnknown extends DomainError {
  readonly code = 'ERR_CODEC_UNKNOWN';
  override readonly status = 422;
}

/** A CID that carries more bytes than a CID may: data that is smuggled past what counts and limits blocks. */
export class IdentityTooLong extends DomainError {
  readonly code = 'ERR_IDENTITY_CID_TOO_LONG';
  override readonly status = 422;
}

/** A UnixFS file node whose parts contradict each other. */
export class UnixfsUnsound extends DomainError {
  readonly code = 'ERR_UNIXFS_UNSOUND';
  override readonly status = 422;
}

/** A CAR that is not what the specification says. `offset` is the byte where it went wrong. */
export class CarMalformed extends DomainError {
  readonly code: string = 'ERR_CAR_MALFORMED';
  override readonly status = 422;

  constructor(
    message: string,
    readonly offset: number,
    cause?: unknown,
  ) {
    super(message, { details: { offset }, cause });
  }
}

/** A CAR that ends too early: the rest may come from elsewhere, and what came before is not wrong. */
export class CarTruncated extends CarMalformed {
  override readonly code = 'ERR_CAR_TRUNCATED';
}
