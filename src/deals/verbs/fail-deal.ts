import { Inject, Injectable } from '@nestjs/common';
import { RecordOutcome } from '../../miners/index.js';
import { Clock, type Epoch } from '../../shared/index.js';
import type { Deal, DealFacts } from '../domain/deal.js';
import type { FailureState } from '../domain/deal-state.js';
import type { DealFailure } from '../domain/failure.js';
import { DealTransitions } from '../store/deal-transitions.js';

/** A deal did not work out: its slot is free, its piece is due, and its miner's record says so. */
@Injectable()
export class FailDeal {
  constructor(
    private readonly transitions: DealTransitions,
    @Inject(RecordOutcome) private readonly recordOutcome: Pick<RecordOutcome, 'run'>,
    private readonly clock: Clock,
  ) {}

  async run(
    deal: Deal,
    to: FailureState,
    failure: DealFailure,
    epoch: Epoch | null,
    facts: DealFacts = {},
  ): Promise<void> {
    const failed = await this.transitions.fail(deal, to, failure, facts, {
      cause: `${failure.phase}: ${failure.message}`,
      epoch,
      checkAt: this.clock.now(),
    });
    if (failed && failure.reason !== 'piece-retired')
      await this.recordOutcome.run(deal.miner, { ok: false, phase: failure.phase, reason: failure.reason });
  }
}
