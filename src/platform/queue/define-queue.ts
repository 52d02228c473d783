import type { JobsOptions } from 'bullmq';
import type { z } from 'zod';
import type { Json } from '../../shared/index.js';

/**
 * One kind of work. The schema's output must be plain JSON: Dates and bigints do not survive a queue (BullMQ #2771,
 * #447).
 */
export interface JobDefinition<P extends Json = Json> {
  readonly payload: z.ZodType<P>;
  /**
   * Debounces: while a job with this id waits, another is ignored. Never a bare number, never with ':' (BullMQ refuses
   * both). Correctness comes from the database.
   */
  readonly jobId?: (payload: P) => string;
  /** BullMQ's: `attempts` counts the first one; `delay` in ms. */
  readonly options?: Pick<JobsOptions, 'attempts' | 'backoff' | 'priority' | 'delay'>;
  /** How many run at once in one worker process; the largest of a queue's jobs counts. */
  readonly concurrency?: number;
}

/** A job of whatever payload. */
export type AnyJob = Pick<JobDefinition, 'options' | 'concurrency'> & {
  readonly payload: z.ZodType;
  readonly jobId?: (payload: never) => string;
};

/** The jobs of a queue by name. */
export type Jobs = Record<string, AnyJob>;

/**
 * A queue as its room declares it, once, beside its processor. Names stand in the queue's store: a rename loses what
 * waits.
 */
export interface QueueDefinition<J extends Jobs = Jobs> {
  readonly name: string;
  readonly jobs: J;
}

/** What handlers get and producers hand in. */
export type PayloadOf<D extends AnyJob> = z.output<D['payload']>;

/** One handler for every job of a queue: a missing or a surplus one does not compile. */
export type Handlers<J extends Jobs> = {
  [K in keyof J]: (payload: PayloadOf<J[K]>, signal: AbortSignal) => Promise<unknown>;
};

/** Only to have the payload's type inferred. */
export function job<P extends Json>(definition: JobDefinition<P>): JobDefinition<P> {
  return definition;
}

/** Only to have the types inferred: nothing is made yet. */
export function defineQueue<J extends Jobs>(name: string, jobs: J): QueueDefinition<J> {
  return { name, jobs };
}
