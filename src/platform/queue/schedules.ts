import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';

/**
 * Sweeps and refreshes that run for ever inside the worker process. They read rows, not the queue: they are what finds
 * the work that a wiped queue forgot. A run never overlaps itself; a failed run is logged and the next one comes as
 * usual. First runs wait until the process stands. Several worker processes each have their own: runs share work by
 * locks on rows.
 */
@Injectable()
export class Schedules implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  /** First runs that wait for the start; null: started. */
  private waiting: (() => void)[] | null = [];

  constructor(private readonly logger: AppLogger) {}

  /**
   * Runs at once (or when the process stands), then `intervalMs` after each run has ended. `name` is for the log. The
   * signal aborts when the process goes down; shutdown waits for a run to end.
   */
  every(name: string, intervalMs: number, run: (signal: AbortSignal) => Promise<unknown>): void {
    let timer: NodeJS.Timeout | undefined;
    const again = () => {
      if (!this.stopping.signal.aborted) timer = setTimeout(tick, intervalMs);
    };
    const tick = () => {
      if (this.stopping.signal.aborted) return;
      const work = run(this.stopping.signal)
        .then(
          () => undefined,
          (error: unknown) => {
            if (!this.stopping.signal.aborted)
              this.logger.warn({ schedule: name, error: messageOf(error), err: error }, 'scheduled run failed');
          },
        )
        .finally(() => {
          this.running.delete(work);
          again();
        });
      this.running.add(work);
    };
    this.stopping.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    if (this.waiting === null) tick();
    else this.waiting.push(tick);
  }

  /** First runs begin now, when every room has been set up. */
  onApplicationBootstrap(): void {
    const first = this.waiting ?? [];
    this.waiting = null;
    for (const tick of first) tick();
  }

  /** Running ones are told to end; no other begins. */
  onModuleDestroy(): void {
    this.stopping.abort(new Error('shutting down'));
  }

  /** Waits for those that run, however they end. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}
