import type { Queue } from 'bullmq';
import type { Clock } from '../../shared/index.js';
import type { JobDefinition, Jobs, PayloadOf, QueueDefinition } from './define-queue.js';

/**
 * What stays of finished jobs, for people who look. Jobs with an id of their own leave nothing: BullMQ silently ignores
 * an id that still exists, failed ones included, and a sweep could not ask for the work again.
 */
const RETENTION = { removeOnComplete: true, removeOnFail: { age: 3600, count: 1000 } } as const;

/**
 * Over what the job's definition says. A lower `priority` is taken first; 0, the default, before all others (BullMQ).
 */
export interface AddOptions {
  delayMs?: number;
  priority?: number;
}

/**
 * The typed producer end of a room's queue. Adding is not part of a transaction: a job may run before the caller
 * commits, or get lost, so the rows must say what there is to do.
 */
export class RoomQueue<J extends Jobs> {
  constructor(
    private readonly definition: QueueDefinition<J>,
    private readonly queue: Queue,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds one job; ignored while one of the same id waits (see `JobDefinition.jobId`). @throws ZodError when the payload
   * does not fit.
   */
  async add<K extends keyof J & string>(name: K, payload: PayloadOf<J[K]>, options: AddOptions = {}): Promise<void> {
    await this.addMany(name, [payload], options);
  }

  /** Jobs that nobody works on yet. */
  async waiting(): Promise<number> {
    return this.queue.getWaitingCount();
  }

  /** As `add`, in one round trip. */
  async addMany<K extends keyof J & string>(
    name: K,
    payloads: PayloadOf<J[K]>[],
    options: AddOptions = {},
  ): Promise<void> {
    const definition = this.definition.jobs[name] as unknown as JobDefinition | undefined;
    if (!definition) throw new Error(`queue ${this.definition.name} has no job ${name}`);
    await this.queue.addBulk(
      payloads.map((payload) => {
        const data = definition.payload.parse(payload);
        return {
          name,
          data,
          opts: {
            ...RETENTION,
            timestamp: this.clock.now().getTime(),
            ...definition.options,
            ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
            ...(options.priority === undefined ? {} : { priority: options.priority }),
            ...(definition.jobId ? { jobId: definition.jobId(data), removeOnFail: true } : {}),
          },
        };
      }),
    );
  }
}
