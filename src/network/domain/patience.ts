import { NodeStalled } from './network.errors.js';

/** Ends a piece of work in which nothing happens for so long; every sign of life starts the clock anew. */
export class Patience {
  private readonly stop = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  readonly signal: AbortSignal;

  constructor(
    private readonly ms: number,
    outer: AbortSignal,
  ) {
    this.signal = AbortSignal.any([outer, this.stop.signal]);
    this.progress();
  }

  progress(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.stop.abort(new NodeStalled(`our IPFS node did nothing for ${this.ms / 1000} s`)),
      this.ms,
    );
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
