import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { JobRunner } from './job-runner.js';
import { QueueRegistry } from './queue-registry.js';
import { RoomProcessor } from './room-processor.js';

type AnyProcessor = RoomProcessor<never>;

/** Running jobs get this long to end by themselves; then their locks lapse and another start takes them up. */
const CLOSE_MS = 6_000;

/**
 * Starts the workers when everything else stands (subscriptions, ports, indexes), and ends them before anything else
 * falls: first every handler sees its signal abort, then workers finish, and only then queues and database close,
 * because a finishing job may still enqueue and write (twenty PR #22514, nestjs/bull #2069).
 */
@Injectable()
export class QueueWorkers implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly registry: QueueRegistry,
    private readonly runner: JobRunner,
    private readonly logger: AppLogger,
  ) {}

  /**
   * Starts every processor that this process provides; a lost connection is logged, and BullMQ connects again by
   * itself.
   */
  onApplicationBootstrap(): void {
    for (const processor of this.processors()) {
      this.registry.handles(processor.queue, processor.handlers);
      const complain = (error: unknown) =>
        this.logger.warn({ queue: processor.queue.name, error: messageOf(error) }, 'queue worker in trouble');
      processor.worker.on('error', complain);
      if (!processor.worker.isRunning()) processor.worker.run().catch(complain);
    }
    for (const { definition, queue } of this.registry.all()) {
      queue.on('error', (error) =>
        this.logger.warn({ queue: definition.name, error: messageOf(error) }, 'queue in trouble'),
      );
    }
  }

  async onModuleDestroy(): Promise<void> {
    // First no new jobs, or a job that is handed back would be taken up again at once by the same worker.
    await Promise.all(this.processors().map(({ worker }) => worker.pause(true)));
    this.runner.stop();
  }

  /** Resolves when every running job has ended, or after CLOSE_MS without those that did not. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(
      this.processors().map(async ({ worker, queue }) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<'late'>((resolve) => {
          timer = setTimeout(() => resolve('late'), CLOSE_MS);
        });
        const outcome = await Promise.race([worker.close(), late]);
        clearTimeout(timer);
        if (outcome === 'late') this.logger.warn({ queue: queue.name }, 'jobs did not end in time and are left behind');
      }),
    );
  }

  /** Found by their class among all providers, so nobody keeps a list. */
  private processors(): AnyProcessor[] {
    return this.discovery
      .getProviders()
      .map(({ instance }) => instance as unknown)
      .filter((instance): instance is AnyProcessor => instance instanceof RoomProcessor);
  }
}
