import { NodeStalled } from './network.errors.js';

/**
 * Ends a piece of work in which nothing happens for so long; every sign of life starts the time anew.
 * `signal` aborts with NodeStalled then, or with the outer signal's reason.
 */
export class IdleTimeout {
  private readonly stalled = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  readonly signal: AbortSignal;

  constructor(
    private readonly ms: number,
    outer: AbortSignal,
  ) {
    this.signal = AbortSignal.any([outer, this.stalled.signal]);
    this.progress();
  }

  /** A sign of life. Not after `end`: it would start the timer again. */
  progress(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.stalled.abort(new NodeStalled(`our IPFS node did nothing for ${this.ms / 1000} s`)),
      this.ms,
    );
  }

  /** To be called however the work ends; otherwise the timer keeps running. */
  end(): void {
    clearTimeout(this.timer);
  }
}
