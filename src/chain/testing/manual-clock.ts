import { Clock } from '../../shared/index.js';

/** A clock whose hands the test moves. */
export class ManualClock extends Clock {
  constructor(private time: Date = new Date('2026-01-01T01:00:00Z')) {
    super();
  }

  now(): Date {
    return new Date(this.time);
  }

  pass(ms: number): void {
    this.time = new Date(this.time.getTime() + ms);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.pass(ms);
  }
}
