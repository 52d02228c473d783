import { WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import type { Handlers, Jobs, QueueDefinition } from './define-queue.js';
import type { JobRunner } from './job-runner.js';

/**
 * A queue-shaped controller: names its queue and one handler per job; the runner does the rest. Subclasses are
 * decorated with `@Processor(queue.name, processorOptions(queue))` and provided in the room's jobs module.
 */
export abstract class RoomProcessor<J extends Jobs> extends WorkerHost {
  abstract readonly queue: QueueDefinition<J>;
  abstract readonly handlers: Handlers<J>;

  constructor(private readonly runner: JobRunner) {
    super();
  }

  process(job: Job, token?: string): Promise<unknown> {
    return this.runner.run(this.queue, this.handlers, job, token);
  }
}

/**
 * Worker options of a queue: its widest job decides the concurrency; a lock outlives a busy event loop, and lapses soon
 * after a crash. Not running by itself: QueueWorkers starts it when all rooms have started.
 */
export function processorOptions(queue: { jobs: Record<string, { readonly concurrency?: number }> }): {
  autorun: boolean;
  concurrency: number;
  lockDuration: number;
  stalledInterval: number;
  maxStalledCount: number;
} {
  const widths = Object.values(queue.jobs).map((definition) => definition.concurrency ?? 4);
  return {
    autorun: false,
    concurrency: Math.max(...widths),
    lockDuration: 20_000,
    stalledInterval: 5_000,
    maxStalledCount: 10,
  };
}
