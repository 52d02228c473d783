import { setTimeout as sleep } from 'node:timers/promises';

/** Slows a stream down to a link's bytes per second. */
export class Throttle {
  private readonly since = performance.now();
  private bytes = 0;

  constructor(private readonly bytesPerSecond: () => number) {}

  async passed(bytes: number, signal?: AbortSignal): Promise<void> {
    this.bytes += bytes;
    const ahead = (this.bytes / this.bytesPerSecond()) * 1000 - (performance.now() - this.since);
    if (ahead > 4) await sleep(ahead, undefined, { signal });
  }
}
