import { setImmediate as turn } from 'node:timers/promises';

/** Time that moves only when everybody waits for it. Work on the database takes none. */
export class SimulatedClock {
  #now = Date.now();
  #timers = [];
  #working = 0;

  now() {
    return new Date(this.#now);
  }

  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = { at: this.#now + ms, resolve };
      this.#timers.push(timer);
      signal?.addEventListener(
        'abort',
        () => {
          this.#timers = this.#timers.filter((one) => one !== timer);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** The same object, whose calls the clock waits for. */
  watching(target) {
    return new Proxy(target, {
      get: (_, name) => {
        const value = target[name];
        if (typeof value !== 'function') return value;
        return async (...given) => {
          this.#working += 1;
          try {
            return await value.apply(target, given);
          } finally {
            this.#working -= 1;
          }
        };
      },
    });
  }

  /** Moves on to the next moment at which anybody wakes. */
  async step() {
    for (let quiet = 0; quiet < 3; quiet = this.#working === 0 && this.#timers.length > 0 ? quiet + 1 : 0) await turn();
    this.#now = Math.max(this.#now, Math.min(...this.#timers.map(({ at }) => at)));
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { resolve } of due) resolve();
  }
}
