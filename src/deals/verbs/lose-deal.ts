import { Inject, Injectable } from '@nestjs/common';
import { RecordOutcome } from '../../miners/index.js';
import { Clock, type Epoch } from '../../shared/index.js';
import type { Deal, DealFacts } from '../domain/deal.js';
import type { LossState } from '../domain/deal-state.js';
import type { DealFailure } from '../domain/failure.js';
import { DealMoves } from '../store/deal-moves.js';

/** A deal did not work out: its slot is free, its piece is due, and its miner's record says so. */
@Injectable()
export class LoseDeal {
  constructor(
    private readonly moves: DealMoves,
    @Inject(RecordOutcome) private readonly outcomes: Pick<RecordOutcome, 'run'>,
    private readonly clock: Clock,
  ) {}

  async run(
    deal: Deal,
    to: LossState,
    failure: DealFailure,
    epoch: Epoch | null,
    facts: DealFacts = {},
  ): Promise<void> {
    const lost = await this.moves.lose(deal, to, failure, facts, {
      cause: `${failure.phase}: ${failure.message}`,
      epoch,
      checkAt: this.clock.now(),
    });
    if (lost && failure.reason !== 'piece-retired')
      await this.outcomes.run(deal.miner, { ok: false, phase: failure.phase, reason: failure.reason });
  }
}
