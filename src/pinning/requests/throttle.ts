/** Does something for everybody who asked since the last time: at once, but no more often than every so many milliseconds. */
export class Throttle {
  private timer: NodeJS.Timeout | undefined;
  private asked = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly ms: number,
  ) {}

  ask(): void {
    this.asked = true;
    if (this.timer) return;
    this.asked = false;
    // Unreferenced: what is lost with the process was a courtesy.
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.asked) this.ask();
    }, this.ms).unref();
    this.work().catch(() => undefined);
  }
}
