/** The time, injected, so that tests can move it. */
export abstract class Clock {
  /** As this machine's clock shows it, which may jump. */
  abstract now(): Date;
  /**
   * What a statement that decides over a lease is told the time is. Null: the database goes by its own clock, which is
   * one for all processes, however wrong theirs are. Only a test's clock, unknown to the database, tells its own.
   */
  forStatement(): Date | null {
    return null;
  }
  /** Milliseconds of a clock that no correction moves: for measuring how long something took. */
  monotonicMs(): number {
    return performance.now();
  }
  /** Resolves after `ms`, or rejects with the signal's reason. */
  abstract sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What the clock of this machine shows, right or wrong, in ms since 1970: as libraries see it that know no other. */
export function machineMs(): number {
  return Date.now();
}

/** The clock of this machine. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date(machineMs());
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
