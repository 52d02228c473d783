import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HealthChecks } from '../platform/health/index.js';
import { messageOf } from '../shared/index.js';
import { AppLogger } from '../platform/logging/index.js';
import { BlockIndex } from './blocks/block-index.js';
import { DiskSpace } from './places/disk-space.js';
import { StorageMismatch } from './domain/storage.errors.js';
import { CarReclaimer } from './cars/car-reclaimer.js';
import { SegmentCommitter } from './cars/segment-committer.js';

const SWEEP_MS = 600_000;
const RETRY_MS = 5_000;
/** A commit takes milliseconds; uploads that wait for so long wait for something that hangs. */
const STALLED_MS = 10_000;

/**
 * Starts and ends what lives as long as the process: leftovers are swept, batches are finished, the index is closed.
 */
@Injectable()
export class StorageLifecycle implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private retrying: NodeJS.Timeout | undefined;

  constructor(
    private readonly committer: SegmentCommitter,
    private readonly index: BlockIndex,
    private readonly reclaimer: CarReclaimer,
    private readonly space: DiskSpace,
    private readonly health: HealthChecks,
    private readonly logger: AppLogger,
  ) {}

  onModuleInit(): void {
    this.health.register('car-store', () => this.space.ensure(0));
    this.health.register('committer', async () => this.assertProgress());
    this.timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    // While the database is away there is nothing to tell: others do.
    const retry = () => void this.reclaimer.retryAbandoned().catch(() => undefined);
    this.retrying = setInterval(retry, RETRY_MS).unref();
    this.sweep();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    clearInterval(this.retrying);
  }

  /**
   * After the last request was answered, which may have been an upload, and before the connections to the database
   * close: those are the platform's, whose modules end last.
   */
  async onApplicationShutdown(): Promise<void> {
    await this.committer.stop();
    await this.index.close();
  }

  private assertProgress(): void {
    const { waitingMs } = this.committer;
    if (waitingMs > STALLED_MS)
      throw new Error(`uploads have waited ${Math.round(waitingMs / 1000)} s for their commit`);
  }

  private sweep(): void {
    this.reclaimer.sweep().then(
      ({ removed, setAside, notOurs, expired }) => {
        if (removed + expired > 0) this.logger.info({ removed, expired }, 'leftover CAR files removed');
        if (setAside > 0)
          this.logger.error({ setAside }, 'CAR files that the database does not know wait in cars/lost+found');
        if (notOurs > 0)
          this.logger.error({ notOurs }, 'CAR files lie here that the database knows on another node only');
      },
      (error: unknown) => {
        if (error instanceof StorageMismatch) this.logger.fatal({ err: error }, 'no leftover is touched');
        else this.logger.warn({ error: messageOf(error) }, 'leftover CAR files not swept');
      },
    );
  }
}
