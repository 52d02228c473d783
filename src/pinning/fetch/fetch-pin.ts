import { Injectable } from '@nestjs/common';
import { AppLogger } from '../../platform/logging/index.js';
import { DomainError, messageOf } from '../../shared/index.js';
import { PinPreempted, PinLeaseLost } from '../pinning.errors.js';
import type { PinFetchTask } from '../scheduler/pin-fetch-task.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { pauseAfter, reasonOf, restAfter } from '../scheduler/retry-policy.js';
import { FetchDag } from './fetch-dag.js';
import { PinStoredDag } from './pin-stored-dag.js';

/** `lease lost`: the pin was removed, or another worker has it; `released`: this worker goes down. */
export type FetchOutcome = 'pinned' | 'lease lost' | 'preempted' | 'released' | 'retried' | 'failed';

/** Works on one claimed pin until it is pinned, or its row says why not. */
@Injectable()
export class FetchPin {
  constructor(
    private readonly leases: PinLeases,
    private readonly pinStoredDag: PinStoredDag,
    private readonly fetchDag: FetchDag,
    private readonly logger: AppLogger,
  ) {}

  /** @throws when the row could not be written: then the lease runs out, and the sweep finds it. */
  async run(task: PinFetchTask, shutdown: AbortSignal): Promise<FetchOutcome> {
    try {
      if (!(await this.pinStoredDag.run(task))) await this.fetchDag.run(task);
      return 'pinned';
    } catch (error) {
      return await this.settle(task, task.signal.aborted ? task.signal.reason : error, shutdown);
    }
  }

  private async settle(
    { claim, lookedMs, stage }: PinFetchTask,
    error: unknown,
    shutdown: AbortSignal,
  ): Promise<FetchOutcome> {
    if (error instanceof PinLeaseLost) return 'lease lost';
    if (error instanceof PinPreempted) {
      // What was found already keeps its place.
      await this.leases.release(claim, stage === 'looking' ? restAfter(lookedMs) : null, lookedMs);
      return 'preempted';
    }
    if (shutdown.aborted) {
      await this.leases.release(claim, null, lookedMs);
      return 'released';
    }
    const pause = pauseAfter(error, claim.pin.failures);
    const reason = reasonOf(error);
    this.log(claim.pin.requestId, error, pause);
    if (pause === null) await this.leases.fail(claim, reason);
    else await this.leases.retry(claim, pause, reason);
    return pause === null ? 'failed' : 'retried';
  }

  private log(requestId: string, error: unknown, retryInMs: number | null): void {
    const context = { requestId, retryInMs, error: messageOf(error) };
    if (error instanceof DomainError) this.logger.info({ ...context, code: error.code }, 'pin not fetched');
    else this.logger.error({ ...context, err: error }, 'pin not fetched, unexpectedly');
  }
}
