import { Inject, Injectable } from '@nestjs/common';
import { ChainSource } from '../../chain/index.js';
import { RecordOutcome } from '../../miners/index.js';
import type { CommittedPiece, Deal } from '../domain/deal.js';
import { sealedDealStates } from '../domain/deal-state.js';
import { judgeOnChain, judgeProposal, type Patience, type Seen, type Verdict } from '../domain/verdict.js';
import { DealMaker } from '../ports/deal-maker.port.js';
import { DealMoves } from '../store/deal-moves.js';
import { DealStore } from '../store/deal-store.js';
import { LoseDeal } from './lose-deal.js';

export interface Rhythm {
  /** Between looks at a deal that is on its way. */
  busyMs: number;
  /** Between looks at a deal that is sealed. */
  calmMs: number;
}

/** One look at one deal: its proposal at the client node, then the deal on chain; what it finds is written as a move. */
@Injectable()
export class TrackDeal {
  constructor(
    private readonly moves: DealMoves,
    private readonly deals: DealStore,
    private readonly maker: DealMaker,
    private readonly chain: ChainSource,
    private readonly losses: LoseDeal,
    @Inject(RecordOutcome) private readonly outcomes: Pick<RecordOutcome, 'run'>,
  ) {}

  async run(
    deal: Deal,
    piece: CommittedPiece,
    seen: Seen,
    patience: Patience,
    rhythm: Rhythm,
    signal: AbortSignal,
  ): Promise<void> {
    let current: Deal | null = deal;
    if (current.chainDealId === null) {
      const status = current.proposalCid === null ? null : await this.maker.status(current.proposalCid, signal);
      current = await this.apply(current, judgeProposal(current, piece.carBytes, status, seen, patience), seen, rhythm);
    }
    // A few moves may follow each other at once: published, then sealed, then near its end.
    for (let look = 0; look < 3 && current !== null && current.chainDealId !== null; look += 1) {
      const market = await this.chain.marketDeal(current.chainDealId, signal);
      current = await this.apply(current, judgeOnChain(current, piece, market, seen, patience), seen, rhythm);
    }
  }

  /** The deal as it stands when there may be more to find out, else null. */
  private async apply(deal: Deal, verdict: Verdict, { now, watched }: Seen, rhythm: Rhythm): Promise<Deal | null> {
    const pause = (state: Deal['state']) =>
      new Date(now.getTime() + (sealedDealStates.includes(state) ? rhythm.calmMs : rhythm.busyMs));
    if (verdict.kind === 'stay') {
      await this.deals.looked(deal, pause(deal.state), verdict.bytesSent, !watched);
      return null;
    }
    if (verdict.kind === 'lose') {
      if (verdict.cancel && deal.proposalCid !== null) await this.maker.cancel(deal.proposalCid).catch(() => undefined);
      await this.losses.run(deal, verdict.to, verdict.failure, verdict.epoch, verdict.facts);
      return null;
    }
    const moved = await this.moves.advance(deal, verdict.to, verdict.facts, {
      cause: verdict.cause,
      epoch: verdict.epoch,
      checkAt: pause(verdict.to),
    });
    if (moved && verdict.to === 'active') await this.outcomes.run(deal.miner, { ok: true });
    return moved?.live === true ? moved : null;
  }
}
