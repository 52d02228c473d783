import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { EgressMeter } from '../../gateway/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { sumBandwidth, type Bandwidth } from '../domain/observation.js';
import { PostgresObservationStore } from '../store/postgres-observation.store.js';

/** What a killed process may lose. */
const FLUSH_MS = 1_000;

/**
 * Counts bytes that left and writes them down every second and at shutdown. Readers never wait for it.
 * A killed process loses at most the last second's counts; a database that is away loses none, they wait for it.
 */
@Injectable()
export class MeterEgress implements EgressMeter, OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private pending: Bandwidth[] = [];
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: PostgresObservationStore,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /**
   * Counts bytes that reached the kernel on their way to a reader of `root` (CIDv1 text), as one request. Never waits
   * and never throws: what is counted is summed when there is much of it, so the memory is bounded by the number of
   * roots.
   */
  count(entry: { root: string; bytes: number; channel: 'gateway' | 'bitswap' }): void {
    if (entry.bytes <= 0) return;
    this.pending.push({
      channel: entry.channel,
      direction: 'out',
      subject: entry.root,
      userId: '',
      bytes: entry.bytes,
      requests: 1,
    });
    if (this.pending.length > 10_000) this.pending = sumBandwidth(this.pending);
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
  }

  /** While requests still run out; the timer is no longer needed. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Once more for the answers that ended while the listener closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /**
   * Writes what was counted so far; after a failure it stays counted. Calls run one after the other; never rejects. A
   * connection that breaks during the commit may count twice.
   */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(async () => {
      const entries = sumBandwidth(this.pending);
      if (entries.length === 0) return;
      this.pending = [];
      try {
        await this.store.addBandwidth(this.clock.now(), entries);
      } catch (error) {
        this.pending.push(...entries);
        this.logger.warn({ error: messageOf(error) }, 'bandwidth could not be written down yet');
      }
    });
    return this.flushing;
  }
}
