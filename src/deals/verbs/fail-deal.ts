import { Inject, Injectable } from '@nestjs/common';
import { RecordOutcome } from '../../miners/index.js';
import type { Lease } from '../../platform/leases/index.js';
import type { Epoch } from '../../shared/index.js';
import type { Deal, DealFacts } from '../domain/deal.js';
import type { FailureState } from '../domain/deal-state.js';
import { type DealFailure, type FailureReason, isOurs } from '../domain/failure.js';
import { type NodeFaultName, nodeFaults } from '../domain/node-fault.js';
import { DealTransitions } from '../store/deal-transitions.js';
import { NodeFaults } from './node-faults.js';

/**
 * A deal did not work out: its slot is free, its piece is due, and its miner's record says so, or ours where the fault
 * lies with our own node or wallet.
 */
@Injectable()
export class FailDeal {
  constructor(
    private readonly transitions: DealTransitions,
    readonly faults: NodeFaults,
    @Inject(RecordOutcome) private readonly recordOutcome: Pick<RecordOutcome, 'run'>,
  ) {}

  /** No effect when the deal is not in the state that it was read in. @throws LeaseLost */
  async run(
    deal: Deal,
    to: FailureState,
    failure: DealFailure,
    { epoch, lease, facts = {} }: { epoch: Epoch | null; lease: Lease; facts?: DealFacts },
  ): Promise<void> {
    const failed = await this.transitions.fail(deal, to, failure, facts, {
      cause: `${failure.phase}: ${failure.message}`,
      epoch,
      lease,
    });
    if (!failed || failure.reason === 'piece-retired') return;
    const fault = isOurs(failure.reason) ? faultOf(failure.reason) : null;
    if (fault !== null) await this.faults.report(fault, 'deal', `${deal.miner}: ${failure.message}`);
    else await this.recordOutcome.run(deal.miner, { ok: false, phase: failure.phase, reason: failure.reason });
  }
}

/** The same word in both lists, but for what nobody could name. */
function faultOf(reason: FailureReason): NodeFaultName {
  return reason in nodeFaults ? (reason as NodeFaultName) : 'unknown';
}
