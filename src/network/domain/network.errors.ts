import { DomainError } from '../../shared/index.js';

/** The DAG is larger than a pin may be, in bytes, blocks or depth. */
export class DagTooLarge extends DomainError {
  readonly code = 'ERR_PIN_TOO_LARGE';
}

/** A block that its own codec cannot read. */
export class UndecodableBlock extends DomainError {
  readonly code = 'ERR_PIN_BLOCK_INVALID';
}

/** A codec or a hash that this node cannot follow or verify. */
export class UnsupportedDag extends DomainError {
  readonly code = 'ERR_PIN_UNSUPPORTED';
}
