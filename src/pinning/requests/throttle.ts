/** Does something for everybody who called since the last time: at once, but no more often than every so many milliseconds. */
export class Throttle {
  private timer: NodeJS.Timeout | undefined;
  private called = false;

  /** @param work - its failures are nobody's: what it does has to be done again anyway */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly ms: number,
  ) {}

  call(): void {
    this.called = true;
    if (this.timer) return;
    this.called = false;
    // Unreferenced: what is lost with the process was a courtesy.
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.called) this.call();
    }, this.ms).unref();
    this.work().catch(() => undefined);
  }
}
