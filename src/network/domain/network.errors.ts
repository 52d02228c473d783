import { DomainError } from '../../shared/index.js';

/**
 * The DAG is larger than a pin may be, in bytes, blocks or depth; `details` say how far the walk came. Trying again
 * does not help.
 */
export class DagTooLarge extends DomainError {
  readonly code = 'ERR_PIN_TOO_LARGE';
}

/**
 * A block that its own codec cannot read, or a CID that carries too much. Its hash is right, so no other peer has a
 * better one.
 */
export class UndecodableBlock extends DomainError {
  readonly code = 'ERR_PIN_BLOCK_INVALID';
}

/** A codec or a hash that this node cannot follow or verify. */
export class UnsupportedDag extends DomainError {
  readonly code = 'ERR_PIN_UNSUPPORTED';
}

/** A block of a DAG that was said to be here cannot be read: it is being deleted, or its file is damaged. */
export class BlockNotHere extends DomainError {
  readonly code = 'ERR_BLOCK_NOT_HERE';
  override readonly retryable = true;
}

/** Our IPFS node did nothing for too long. */
export class NodeStalled extends DomainError {
  readonly code = 'ERR_IPFS_NODE_STALLED';
  override readonly retryable = true;
}
