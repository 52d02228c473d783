import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';

/**
 * Sweeps and refreshes that run for ever inside the worker process. They read rows, not the queue: they are what finds
 * the work that a wiped queue forgot. A run never overlaps itself; a failed run is logged and the next one comes as usual.
 */
@Injectable()
export class Schedules implements OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly logger: AppLogger) {}

  every(name: string, intervalMs: number, run: (signal: AbortSignal) => Promise<unknown>): void {
    let timer: NodeJS.Timeout | undefined;
    const again = () => {
      if (!this.stopping.signal.aborted) timer = setTimeout(tick, intervalMs);
    };
    const tick = () => {
      const work = run(this.stopping.signal)
        .then(() => undefined, (error: unknown) => {
          if (!this.stopping.signal.aborted) this.logger.warn({ schedule: name, error: messageOf(error), err: error }, 'scheduled run failed');
        })
        .finally(() => {
          this.running.delete(work);
          again();
        });
      this.running.add(work);
    };
    this.stopping.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    tick();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('shutting down'));
    await Promise.allSettled(this.running);
  }
}
