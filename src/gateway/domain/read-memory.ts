/** One reader may have so many bytes read ahead of it and on their way to its socket, while there are few readers. */
const MOST_PER_READER = 6 * 1024 * 1024;

/**
 * The bytes that all readers of the gateway together hold: blocks read ahead, and what their sockets have not taken.
 * Nobody ever waits for them: a reader that gets none goes on in small pieces. So readers that stall cost what they
 * have, and nobody else's download.
 */
export class ReadMemory {
  private held = 0;
  private readers = 0;

  /** @param limit - bytes */
  constructor(private readonly limit: number) {}

  /** Bytes held now, by all. */
  get bytes(): number {
    return this.held;
  }

  /** For one answer. It has to be closed. */
  open(): ReaderMemory {
    this.readers += 1;
    let own = 0;
    let closed = false;
    return {
      tryTake: (bytes) => {
        const fair = Math.min(MOST_PER_READER, this.limit / this.readers);
        if (closed || this.held + bytes > this.limit || (own > 0 && own + bytes > fair)) return false;
        own += bytes;
        this.held += bytes;
        return true;
      },
      add: (bytes) => {
        if (closed) return;
        own += bytes;
        this.held += bytes;
      },
      isScarce: () => this.held > this.limit / 2 && own > this.limit / this.readers,
      close: () => {
        if (closed) return;
        closed = true;
        this.readers -= 1;
        this.held -= own;
      },
    };
  }
}

/** What one answer holds of the memory of all. */
export interface ReaderMemory {
  /** False: there is no room, or this reader has its share. `bytes` are held until `add` takes them off. */
  tryTake(bytes: number): boolean;
  /** Counts bytes that are held in any case; below zero: they are held no more. */
  add(bytes: number): void;
  /** Whether this reader holds more than its share while others need it. */
  isScarce(): boolean;
  /** Everything of it is free. May be repeated. */
  close(): void;
}
