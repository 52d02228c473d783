/** So many pieces of work at once, the others wait in order. The work itself must not fail. */
export class Lanes<T> {
  private readonly waiting: T[] = [];
  private readonly running = new Set<T>();

  constructor(
    private readonly count: number,
    private readonly work: (item: T) => Promise<void>,
  ) {}

  add(item: T): void {
    this.waiting.push(item);
    this.fill();
  }

  items(): T[] {
    return [...this.running, ...this.waiting];
  }

  private fill(): void {
    while (this.running.size < this.count) {
      const item = this.waiting.shift();
      if (item === undefined) return;
      this.running.add(item);
      void this.work(item).finally(() => {
        this.running.delete(item);
        this.fill();
      });
    }
  }
}
