import { Injectable } from '@nestjs/common';
import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import { DomainError, machineMs, messageOf, type Json } from '../../shared/index.js';
import { AppLogger, logContext } from '../logging/index.js';
import { Metrics } from '../metrics/index.js';
import { databaseFailure } from '../prisma/index.js';
import type { Handlers, Jobs, JobDefinition, QueueDefinition } from './define-queue.js';

/** A job that a stopping process hands back rests this long: nobody else should stumble over it on the way down. */
const HANDED_BACK_MS = 100;

type AnyHandler = (payload: Json, signal: AbortSignal) => Promise<unknown>;

/**
 * Runs every job of every room: checks the payload, times it, passes the shutdown signal on, and turns failures into
 * retry decisions. A DomainError decides for itself (`retryable`, `retryAfterMs`); anything unknown is retried and
 * reported. A job may run more than once (a crash, a lapsed lock), so handlers are idempotent.
 */
@Injectable()
export class JobRunner {
  private readonly stopping = new AbortController();

  constructor(
    private readonly logger: AppLogger,
    private readonly metrics: Metrics,
  ) {}

  /** Long jobs see this abort when the process goes down, and leave their work to the sweep of the next start. */
  stop(): void {
    this.stopping.abort(new Error('shutting down'));
  }

  /**
   * Resolves to what the handler returned. Rejects in BullMQ's words: UnrecoverableError (never again), DelayedError
   * (moved, no attempt lost), anything else (the next attempt after the backoff). `token` is the worker's lock on the
   * job.
   */
  async run<J extends Jobs>(
    queue: QueueDefinition<J>,
    handlers: Handlers<J>,
    job: Job,
    token?: string,
  ): Promise<unknown> {
    return await logContext.run({ queue: queue.name, job: job.name, jobId: job.id ?? '' }, () =>
      this.attempt(queue, handlers, job, token),
    );
  }

  /** A payload that does not fit, or a job without a handler, can never succeed: it fails for good, at once. */
  private async attempt<J extends Jobs>(
    queue: QueueDefinition<J>,
    handlers: Handlers<J>,
    job: Job,
    token?: string,
  ): Promise<unknown> {
    const definition = queue.jobs[job.name] as unknown as JobDefinition | undefined;
    const handler = handlers[job.name] as unknown as AnyHandler | undefined;
    if (!definition || !handler) throw this.unrecoverable(`no handler for ${queue.name}.${job.name}`);
    const payload = definition.payload.safeParse(job.data);
    if (!payload.success) throw this.unrecoverable(`bad payload for ${queue.name}.${job.name}`);
    if (this.stopping.signal.aborted) {
      await job.moveToDelayed(inMs(HANDED_BACK_MS), token);
      throw new DelayedError();
    }
    const stop = this.metrics.timer('tidewater_job_seconds', 'Run time of jobs', { queue: queue.name, job: job.name });
    try {
      const result = await handler(payload.data, this.stopping.signal);
      stop({ outcome: 'done' });
      return result;
    } catch (error) {
      stop({ outcome: 'failed' });
      return await this.translate(job, token, error);
    }
  }

  /** Never resolves. */
  private async translate(job: Job, token: string | undefined, given: unknown): Promise<never> {
    const error = given instanceof DomainError ? given : (databaseFailure(given) ?? given);
    if (error instanceof DelayedError || error instanceof UnrecoverableError) throw error;
    const context = { attempt: job.attemptsMade + 1, error: messageOf(error) };
    if (this.stopping.signal.aborted) {
      // Not the job's fault: it goes back without losing an attempt.
      this.logger.info(context, 'job cut off by shutdown');
      await job.moveToDelayed(inMs(HANDED_BACK_MS), token);
      throw new DelayedError();
    }
    if (error instanceof DomainError) {
      this.logger.warn({ ...context, code: error.code }, 'job failed');
      if (!error.retryable) throw new UnrecoverableError(error.message);
      if (error.retryAfterMs !== undefined) {
        await job.moveToDelayed(inMs(error.retryAfterMs), token);
        throw new DelayedError();
      }
      throw error;
    }
    this.logger.error({ ...context, err: error }, 'job failed unexpectedly');
    throw error;
  }

  private unrecoverable(message: string): UnrecoverableError {
    this.logger.error({}, message);
    return new UnrecoverableError(message);
  }
}

/** The time so many milliseconds from now, as BullMQ wants it: by the clock that it subtracts again. */
function inMs(ms: number): number {
  return machineMs() + ms;
}
