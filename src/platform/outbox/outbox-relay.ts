import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock, messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { Notifications } from '../notifications/index.js';
import { Schedules } from '../queue/index.js';
import { DispatchEvents } from './dispatch-events.js';
import { OUTBOX_CHANNEL } from './outbox.sql.js';

/** A notification can be lost: look anyway. */
const POLL_MS = 1_000;
/**
 * Lets a burst gather. While events come without end, their jobs are made for more of them at a time: a job costs more
 * than an event.
 */
const GATHER_MS = 25;
const STREAM_GATHER_MS = 250;
const STREAM_ROUNDS = 8;
/**
 * How often events are looked for whose jobs got lost; a job that is not done after STALE_TIMEOUT_MS counts as lost.
 */
const SWEEP_MS = 10_000;
const STALE_TIMEOUT_MS = 60_000;

/**
 * Wakes when a transaction with events commits, and hands them to the queue. Runs in every worker process; they share
 * the rows by SKIP LOCKED, so each event is taken by one of them. A failing database or queue only delays: it tries
 * again every second.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private noticed = false;

  constructor(
    private readonly notifications: Notifications,
    private readonly dispatch: DispatchEvents,
    private readonly schedules: Schedules,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /** Begins to hand events on; the first sweep takes up what the last process left behind. */
  onApplicationBootstrap(): void {
    this.loop = this.run();
    this.notifications.subscribe(OUTBOX_CHANNEL, () => this.notice());
    this.sweep();
  }

  /** Hands on what it has taken, and takes no more. */
  onModuleDestroy(): void {
    this.stopping.abort();
    this.notice();
  }

  /** Waits for the round that runs: the queue is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop;
  }

  /** Its first run takes up what the last process left behind. */
  private sweep(): void {
    let started = false;
    this.schedules.every('outbox-sweep', SWEEP_MS, async () => {
      if (started) await this.dispatch.again(STALE_TIMEOUT_MS);
      else await this.dispatch.afterRestart();
      started = true;
    });
  }

  private async run(): Promise<void> {
    let rounds = 0;
    while (!this.stopping.signal.aborted) {
      try {
        this.noticed = false;
        rounds = (await this.dispatch.run()) === 0 ? 0 : rounds + 1;
        if (rounds === 0) await this.nextNotice();
        else
          await this.clock
            .sleep(rounds < STREAM_ROUNDS ? GATHER_MS : STREAM_GATHER_MS, this.stopping.signal)
            .catch(() => undefined);
      } catch (error) {
        this.logger.warn({ error: messageOf(error) }, 'events wait: not handed to the queue');
        await this.clock.sleep(POLL_MS, this.stopping.signal).catch(() => undefined);
      }
    }
  }

  /** Remembered when nobody waits: a notice that comes during a round makes another round at once. */
  private notice(): void {
    this.noticed = true;
    this.wake();
  }

  /** Resolves with the next notice, or after POLL_MS. */
  private async nextNotice(): Promise<void> {
    if (this.noticed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
