import { setTimeout as wait } from 'node:timers/promises';
import { Clock } from '../../shared/index.js';

/** A clock on which a second of sleep takes some milliseconds, and time moves on by the whole second. */
export class FastClock extends Clock {
  private ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await wait(Math.min(ms, 5));
    this.ahead += ms;
    signal?.throwIfAborted();
  }

  advance(ms: number): void {
    this.ahead += ms;
  }
}
