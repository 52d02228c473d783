import { ChainUnavailable } from '../../chain/index.js';
import type { Clock } from '../../shared/index.js';

const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * After several transport failures in a row callers are answered at once, for a growing time, instead of waiting for a
 * node that is gone. When the time is over one call goes through as a probe; its outcome decides for all.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;
  private probing = false;

  constructor(private readonly clock: Clock) {}

  /** @throws ChainUnavailable while the circuit is open. */
  enter(): void {
    if (this.failures < FAILURES_TO_OPEN) return;
    const waitMs = this.openUntil - this.clock.now().getTime();
    if (waitMs > 0 || this.probing) {
      throw new ChainUnavailable(
        `the Filecoin node failed ${this.failures} times in a row and is left alone for a while`,
        { retryAfterMs: Math.max(waitMs, 500) },
      );
    }
    this.probing = true;
  }

  /** The node answered, be it with an error of its own. */
  succeeded(): void {
    this.failures = 0;
    this.probing = false;
  }

  /** The node did not answer. */
  failed(): void {
    this.failures += 1;
    this.probing = false;
    const times = this.failures - FAILURES_TO_OPEN;
    if (times >= 0)
      this.openUntil =
        this.clock.now().getTime() + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(times, 16), LONGEST_PAUSE_MS);
  }

  /** The call ended in a way that says nothing about the node. */
  undecided(): void {
    this.probing = false;
  }
}
