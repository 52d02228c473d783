import { Inject, Injectable } from '@nestjs/common';
import { ChainSource } from '../../chain/index.js';
import { RecordOutcome } from '../../miners/index.js';
import type { CommittedPiece, Deal } from '../domain/deal.js';
import { sealedDealStates } from '../domain/deal-state.js';
import { judgeOnChain, judgeProposal, type Timeouts, type Seen, type Verdict } from '../domain/verdict.js';
import { DealMaker } from '../ports/deal-maker.port.js';
import { DealTransitions } from '../store/deal-transitions.js';
import { DealStore } from '../store/deal-store.js';
import { FailDeal } from './fail-deal.js';

export interface PollIntervals {
  /** Between looks at a deal that is on its way. */
  busyMs: number;
  /** Between looks at a deal that is sealed. */
  calmMs: number;
}

/** One look at one deal: its proposal at the client node, then the deal on chain; what it finds is written as a transition. */
@Injectable()
export class TrackDeal {
  constructor(
    private readonly transitions: DealTransitions,
    private readonly deals: DealStore,
    private readonly maker: DealMaker,
    private readonly chain: ChainSource,
    private readonly failDeal: FailDeal,
    @Inject(RecordOutcome) private readonly recordOutcome: Pick<RecordOutcome, 'run'>,
  ) {}

  async run(
    deal: Deal,
    piece: CommittedPiece,
    seen: Seen,
    timeouts: Timeouts,
    intervals: PollIntervals,
    signal: AbortSignal,
  ): Promise<void> {
    let current: Deal | null = deal;
    if (current.chainDealId === null) {
      const status = current.proposalCid === null ? null : await this.maker.status(current.proposalCid, signal);
      current = await this.apply(
        current,
        judgeProposal(current, piece.carBytes, status, seen, timeouts),
        seen,
        intervals,
      );
    }
    // A few transitions may follow each other at once: published, then sealed, then near its end.
    for (let look = 0; look < 3 && current !== null && current.chainDealId !== null; look += 1) {
      const market = await this.chain.marketDeal(current.chainDealId, signal);
      current = await this.apply(current, judgeOnChain(current, piece, market, seen, timeouts), seen, intervals);
    }
  }

  /** The deal as it stands when there may be more to find out, else null. */
  private async apply(
    deal: Deal,
    verdict: Verdict,
    { now, watched }: Seen,
    intervals: PollIntervals,
  ): Promise<Deal | null> {
    const pause = (state: Deal['state']) =>
      new Date(now.getTime() + (sealedDealStates.includes(state) ? intervals.calmMs : intervals.busyMs));
    if (verdict.kind === 'stay') {
      await this.deals.looked(deal, pause(deal.state), verdict.bytesSent, !watched);
      return null;
    }
    if (verdict.kind === 'fail') {
      if (verdict.cancel && deal.proposalCid !== null) await this.maker.cancel(deal.proposalCid).catch(() => undefined);
      await this.failDeal.run(deal, verdict.to, verdict.failure, verdict.epoch, verdict.facts);
      return null;
    }
    const moved = await this.transitions.advance(deal, verdict.to, verdict.facts, {
      cause: verdict.cause,
      epoch: verdict.epoch,
      checkAt: pause(verdict.to),
    });
    if (moved && verdict.to === 'active') await this.recordOutcome.run(deal.miner, { ok: true });
    return moved?.live === true ? moved : null;
  }
}
