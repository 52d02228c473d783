/** A read that goes on, and who waits for it. */
interface Running<T> {
  value: Promise<T>;
  readers: AbortSignal[];
}

/**
 * Reads that several requests want at the same time: each is done once, for all of them, and belongs to none: it goes
 * on when the one who began it leaves. What nobody waits for any more when its turn comes is not begun.
 */
export class SharedReads<T> {
  private readonly running = new Map<string, Running<T>>();

  /** @param inTurn - runs a read when it may begin */
  constructor(private readonly inTurn: (read: () => Promise<T>) => Promise<T>) {}

  /**
   * What `read` gives, or what it gives to somebody else who wants the same. `reader` ends nothing of it: look at it
   * afterwards.
   * @throws what `read` throws; the reason of a reader where all have gone before its turn
   */
  run(key: string, reader: AbortSignal, read: () => Promise<T>): Promise<T> {
    const known = this.running.get(key);
    if (known) {
      known.readers.push(reader);
      return known.value;
    }
    const readers = [reader];
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.running.set(key, { value: promise, readers });
    const whenWanted = async (): Promise<T> => {
      try {
        if (readers.every(({ aborted }) => aborted)) throw reader.reason;
        return await read();
      } finally {
        // In the same breath: whoever comes from now on begins it anew.
        this.running.delete(key);
      }
    };
    this.inTurn(whenWanted).then(resolve, reject);
    return promise;
  }
}
