import { Inject, Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { RecordOutcome } from '../../miners/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, type Epoch, messageOf } from '../../shared/index.js';
import type { CommittedPiece, Deal } from '../domain/deal.js';
import { type DealState, sealedDealStates } from '../domain/deal-state.js';
import { judgeOnChain, judgeProposal, type Seen, type Timeouts, type Verdict } from '../domain/verdict.js';
import { DealMaker } from '../ports/deal-maker.port.js';
import { DealTransitions } from '../store/deal-transitions.js';
import { type DealLease, type DueDeal, PostgresDealStore } from '../store/postgres-deal.store.js';
import { FailDeal } from './fail-deal.js';
import { whileExtending } from './lease.js';

const BATCH = 200;
const AT_ONCE = 8;
/** A worker that dies costs this much time. */
const LEASE_MS = 5_000;
/** Later than this, and we were away. */
const UNWATCHED_MS = 3_000;
const MOST_EXTENSIONS = 12;
/** Sealed deals are looked at this many times less often than those on their way. */
const CALM = 30;
const CHAIN_LAG_CHECKS = 15;

/**
 * One look at one deal: its proposal at the client node, then the deal on chain; what it finds is written as a
 * transition.
 */
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

  /** The state that the deal is in afterwards. @throws LeaseLost, and what the node and the chain throw */
  async run(claim: DealLease, seen: Seen, timeouts: Timeouts, signal: AbortSignal): Promise<DealState> {
    const piece = claim.piece as CommittedPiece;
    let looked: Look = { deal: claim.deal, more: true };
    if (looked.deal.chainDealId === null) {
      const { proposalCid } = looked.deal;
      const status = proposalCid === null ? null : await this.maker.status(proposalCid, signal);
      looked = await this.apply(
        claim,
        looked.deal,
        judgeProposal(looked.deal, piece.carBytes, status, seen, timeouts),
        seen,
      );
    }
    // A few transitions may follow each other at once: published, then sealed, then near its end.
    for (let look = 0; look < 3 && looked.more && looked.deal.chainDealId !== null; look += 1) {
      const market = await this.chain.marketDeal(looked.deal.chainDealId, signal);
      looked = await this.apply(claim, looked.deal, judgeOnChain(looked.deal, piece, market, seen, timeouts), seen);
    }
    return looked.deal.state;
  }

  private async apply({ lease, piece }: DealLease, deal: Deal, verdict: Verdict, { watched }: Seen): Promise<Look> {
    if (verdict.kind === 'stay') {
      await this.deals.looked({ deal, piece, lease }, verdict.bytesSent, !watched);
      return { deal, more: false };
    }
    if (verdict.kind === 'fail') {
      if (verdict.cancel && deal.proposalCid !== null) await this.maker.cancel(deal.proposalCid).catch(() => undefined);
      const { to, failure, epoch, facts } = verdict;
      await this.failDeal.run(deal, to, failure, { epoch, lease, facts });
      return { deal: { ...deal, state: to }, more: false };
    }
    const { to, facts, cause, epoch } = verdict;
    const advanced = await this.transitions.advance(deal, to, facts, { cause, epoch, lease });
    if (advanced && to === 'active') await this.recordOutcome.run(deal.miner, { ok: true });
    return { deal: advanced ?? deal, more: advanced?.live === true };
  }
}

interface Look {
  deal: Deal;
  /** There may be more to find out. */
  more: boolean;
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
    const leased = new Set(due.map(({ lease }) => lease));
    const work = async () => {
      const head = (await this.chain.head(signal)).height;
      const lookAt = async (each: DueDeal) => {
        if (signal.aborted) return;
        await this.deals.release(each.lease, await this.look(each, head, signal));
        leased.delete(each.lease);
      };
      await new PQueue({ concurrency: AT_ONCE }).addAll(due.map((each) => () => lookAt(each)));
    };
    await whileExtending(() => this.deals.extend([...leased], LEASE_MS), work, LEASE_MS);
    return due.length;
  }

  /** When to look again. Never throws: one deal does not stop the others. */
  private async look(due: DueDeal, head: Epoch, signal: AbortSignal): Promise<Date> {
    const { DEALS_CHECK_SECONDS, DEALS_STALL_TIMEOUT_SECONDS, DEALS_RENEW_WINDOW } = this.config.values;
    const busyMs = DEALS_CHECK_SECONDS * 1000;
    const now = this.clock.now();
    // Where one miner after the other seems silent, perhaps everything is slow: each gets more time than the last.
    const timeouts: Timeouts = {
      stallMs: DEALS_STALL_TIMEOUT_SECONDS * 1000 * 1.5 ** Math.min(due.stalledBefore, MOST_EXTENSIONS),
      chainLagMs: CHAIN_LAG_CHECKS * busyMs,
      renewWindow: DEALS_RENEW_WINDOW,
    };
    try {
      const seen: Seen = { head, now, watched: due.lateMs < UNWATCHED_MS + busyMs };
      const state = await this.trackDeal.run(due, seen, timeouts, signal);
      return new Date(now.getTime() + (sealedDealStates.includes(state) ? CALM * busyMs : busyMs));
    } catch (error) {
      const { id: dealId, miner } = due.deal;
      this.logger.warn({ dealId, miner, error: messageOf(error) }, 'a look at a deal failed');
      await this.deals.looked(due, null, true).catch(() => undefined);
      return new Date(this.clock.now().getTime() + 2 * busyMs);
    }
  }
}
