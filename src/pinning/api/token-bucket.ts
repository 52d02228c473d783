/** So many seconds' worth may be spent in one go. */
const BURST_SECONDS = 30;

/** A purse that fills at a steady rate up to its brim. */
export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly perSecond: number,
    private at: number,
  ) {
    this.tokens = this.size;
  }

  get size(): number {
    return this.perSecond * BURST_SECONDS;
  }

  /** What is left after taking one, and when it is full again; `taken` is false when there was none. */
  take(now: number): { taken: boolean; left: number; nextAt: number; fullAt: number } {
    this.tokens = Math.min(this.size, this.tokens + (Math.max(0, now - this.at) / 1000) * this.perSecond);
    this.at = now;
    const taken = this.tokens >= 1;
    if (taken) this.tokens -= 1;
    const after = (missing: number) => now + (Math.max(0, missing) / this.perSecond) * 1000;
    return {
      taken,
      left: Math.floor(this.tokens),
      nextAt: after(1 - this.tokens),
      fullAt: after(this.size - this.tokens),
    };
  }
}
