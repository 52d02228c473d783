import { DomainError } from '../../shared/index.js';

/** This process does not know any more that it alone writes for its node: nothing is acknowledged until it does. */
export class WriterFenced extends DomainError {
  readonly code = 'ERR_UNAVAILABLE';
  override readonly status = 503;
  override readonly retryable = true;
}

/** Clients are asked to come again after this long. */
const RETRY_AFTER_MS = 2_000;

/**
 * Whether this process may write in the name of its node and role (`<node id>/api`). Who acknowledges anything asks it
 * right before: it is cheap, and tells what was known a moment ago.
 */
export abstract class WriterFence {
  /**
   * Which taking of the name is ours: each raises the number in the row of `processes`, so that statements of whoever
   * had the name before change nothing (`writer_epoch`, writer-epoch.sql). 0 where nobody takes names.
   */
  abstract readonly epoch: bigint;
  /** Whether the name was ours a moment ago. */
  abstract readonly held: boolean;

  /** @throws WriterFenced (503 with Retry-After) while the name is not known to be ours */
  assertHeld(): void {
    if (!this.held) throw this.refusal();
  }

  refusal(): WriterFenced {
    return new WriterFenced('this node has lost its lock in the database and stores nothing until it has it again', {
      retryAfterMs: RETRY_AFTER_MS,
    });
  }
}

/** Of processes that nobody can replace: tests and commands. */
export class OpenFence extends WriterFence {
  readonly epoch = 0n;
  readonly held = true;
}
