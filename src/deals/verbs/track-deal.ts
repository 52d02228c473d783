import { Inject, Injectable } from '@nestjs/common';
import { ChainSource } from '../../chain/index.js';
import type { AppConfig } from '../../config/index.js';
import { RecordOutcome } from '../../miners/index.js';
import type { CommittedPiece, Deal, Doubt } from '../domain/deal.js';
import type { DealState } from '../domain/deal-state.js';
import { weigh } from '../domain/doubt.js';
import { judgeOnChain, judgeProposal, type Seen, type Timeouts, type Verdict } from '../domain/verdict.js';
import { DealMaker } from '../ports/deal-maker.port.js';
import { DealTransitions } from '../store/deal-transitions.js';
import { type DealLease, PostgresDealStore } from '../store/postgres-deal.store.js';
import { FailDeal } from './fail-deal.js';

/** A deal that gets so far was neither short of funds nor of DataCap, and its file was there. */
const GONE_WELL: ReadonlySet<DealState> = new Set(['transferring', 'published', 'active']);
const MOST_EXTENSIONS = 12;
/** Sealed deals are looked at this many times less often than those on their way. */
const CALM = 30;
const CHAIN_LAG_CHECKS = 15;

/** The head of a look, and whether deals may be given up by it. */
export interface SeenAt extends Seen {
  fresh: boolean;
}

/** How often deals are looked at, and how long they may take. */
export function checkTimes(
  { values }: AppConfig,
  stalledBefore = 0,
): { busyMs: number; calmMs: number; timeouts: Timeouts } {
  const { DEALS_CHECK_SECONDS, DEALS_STALL_TIMEOUT_SECONDS, DEALS_RENEW_WINDOW } = values;
  const busyMs = DEALS_CHECK_SECONDS * 1000;
  return {
    busyMs,
    calmMs: CALM * busyMs,
    timeouts: {
      // Where one miner after the other seems silent, perhaps everything is slow: each gets more time than the last.
      stallMs: DEALS_STALL_TIMEOUT_SECONDS * 1000 * 1.5 ** Math.min(stalledBefore, MOST_EXTENSIONS),
      chainLagMs: CHAIN_LAG_CHECKS * busyMs,
      renewWindow: DEALS_RENEW_WINDOW,
    },
  };
}

/** What a deal is after a look. */
interface Looked {
  state: DealState;
  /** A loss that was reported and is not believed yet: to be looked at again soon. */
  doubt: Doubt | null;
}

interface Look {
  deal: Deal;
  /** There may be more to find out. */
  more: boolean;
}

/**
 * One look at one deal: its proposal at the client node, then the deal on chain; what it finds is written as a
 * transition. A loss has to be seen repeatedly before it is one (domain/doubt.ts).
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

  /** @throws LeaseLost, and what the node and the chain throw */
  async run(claim: DealLease, seen: SeenAt, timeouts: Timeouts, signal: AbortSignal): Promise<Looked> {
    const piece = claim.piece as CommittedPiece;
    let looked: Look = { deal: claim.deal, more: true };
    if (looked.deal.chainDealId === null) {
      const { proposalCid } = looked.deal;
      const status = proposalCid === null ? null : await this.maker.status(proposalCid, signal);
      const verdict = judgeProposal(looked.deal, piece.carBytes, status, seen, timeouts);
      looked = await this.apply(claim, looked.deal, verdict, seen);
    }
    // A few transitions may follow each other at once: published, then sealed, then near its end.
    for (let look = 0; look < 3 && looked.more && looked.deal.chainDealId !== null; look += 1) {
      const market = await this.chain.marketDeal(looked.deal.chainDealId, signal);
      looked = await this.apply(claim, looked.deal, judgeOnChain(looked.deal, piece, market, seen, timeouts), seen);
    }
    return looked.deal;
  }

  /** Writes down what a look led to. @throws LeaseLost */
  async apply(claim: DealLease, deal: Deal, judged: Verdict, seen: SeenAt): Promise<Look> {
    const { lease, piece } = claim;
    const verdict = weigh(judged, deal.doubt, seen);
    if (verdict.kind === 'doubt') {
      await this.deals.suspect(lease, verdict.doubt);
      return { deal: { ...deal, doubt: verdict.doubt }, more: false };
    }
    if (deal.doubt !== null && verdict === judged) await this.deals.suspect(lease, null);
    if (verdict.kind === 'stay') {
      await this.deals.looked({ deal, piece, lease }, verdict.bytesSent, !seen.watched);
      return { deal: verdict === judged ? { ...deal, doubt: null } : deal, more: false };
    }
    if (verdict.kind === 'fail') {
      if (verdict.cancel && deal.proposalCid !== null) await this.maker.cancel(deal.proposalCid).catch(() => undefined);
      const { to, failure, epoch, facts } = verdict;
      await this.failDeal.run(deal, to, failure, { epoch, lease, facts });
      return { deal: { ...deal, state: to, doubt: null }, more: false };
    }
    const { to, facts, cause, epoch } = verdict;
    if (GONE_WELL.has(to)) await this.failDeal.faults.succeeded('deal');
    const advanced = await this.transitions.advance(deal, to, facts, { cause, epoch, lease });
    if (advanced && to === 'active') await this.recordOutcome.run(deal.miner, { ok: true });
    return { deal: advanced ?? deal, more: advanced?.live === true };
  }
}
