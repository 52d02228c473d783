import { Inject, Injectable } from '@nestjs/common';
import { ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { RecordOutcome } from '../../miners/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import type { CommittedPiece, Deal } from '../domain/deal.js';
import { sealedDealStates } from '../domain/deal-state.js';
import { judgeOnChain, judgeProposal, type Seen, type Timeouts, type Verdict } from '../domain/verdict.js';
import { DealMaker } from '../ports/deal-maker.port.js';
import { DealTransitions } from '../store/deal-transitions.js';
import { PostgresDealStore } from '../store/postgres-deal.store.js';
import { FailDeal } from './fail-deal.js';

const BATCH = 200;
const AT_ONCE = 8;
/** A look that takes longer may happen twice, which harms nobody. */
const LEASE_MS = 5_000;
/** Later than this, and we were away. */
const UNWATCHED_MS = 3_000;
const MOST_EXTENSIONS = 12;
/** Sealed deals are looked at this many times less often than those on their way. */
const CALM = 30;
const CHAIN_LAG_CHECKS = 15;

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
    private readonly deals: PostgresDealStore,
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

/** The tracking sweep: every live deal that is due, a few at a time. One head for all, one or two calls per deal. */
@Injectable()
export class TrackDeals {
  constructor(
    private readonly deals: PostgresDealStore,
    private readonly trackDeal: TrackDeal,
    private readonly chain: ChainSource,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /** How many deals were looked at. */
  async run(signal: AbortSignal): Promise<number> {
    const due = await this.deals.claimDue(BATCH, LEASE_MS);
    if (due.length === 0) return 0;
    const head = (await this.chain.head(signal)).height;
    const { DEALS_CHECK_SECONDS, DEALS_STALL_TIMEOUT_SECONDS, DEALS_RENEW_WINDOW } = this.config.values;
    const busyMs = DEALS_CHECK_SECONDS * 1000;
    const intervals: PollIntervals = { busyMs, calmMs: busyMs * CALM };
    const queue = [...due];
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
        const { deal, piece, lateMs, stalledBefore } = next;
        // Where one miner after the other seems silent, perhaps everything is slow: each gets more time than the last.
        const stallMs = DEALS_STALL_TIMEOUT_SECONDS * 1000 * 1.5 ** Math.min(stalledBefore, MOST_EXTENSIONS);
        const timeouts: Timeouts = { stallMs, chainLagMs: CHAIN_LAG_CHECKS * busyMs, renewWindow: DEALS_RENEW_WINDOW };
        const seen: Seen = { head, now: this.clock.now(), watched: lateMs < UNWATCHED_MS + busyMs };
        try {
          await this.trackDeal.run(deal, piece as CommittedPiece, seen, timeouts, intervals, signal);
        } catch (error) {
          this.logger.warn({ dealId: deal.id, miner: deal.miner, error: messageOf(error) }, 'a look at a deal failed');
          await this.deals.looked(deal, new Date(this.clock.now().getTime() + 2 * busyMs), null, true);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return due.length;
  }
}
