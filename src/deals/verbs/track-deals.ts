import { Inject, Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { ChainHeads, ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { RecordOutcome } from '../../miners/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { type DealState, isSealed } from '../domain/deal-state.js';
import type { CommittedPiece, Deal, Doubt } from '../domain/deal.js';
import { weigh } from '../domain/doubt.js';
import { pauseAfter } from '../domain/replication-policy.js';
import { judgeOnChain, judgeProposal, type Seen, type Timeouts, type Verdict } from '../domain/verdict.js';
import { DealMaker } from '../ports/deal-maker.port.js';
import { DealTransitions } from '../store/deal-transitions.js';
import { type DealLease, type DueDeal, PostgresDealStore } from '../store/postgres-deal.store.js';
import { FailDeal } from './fail-deal.js';
import { whileExtending } from './lease.js';
import { nodeFaultOf, NodeFaults } from './node-faults.js';

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

const BATCH = 200;
const AT_ONCE = 16;
/** A worker that dies costs this much time. */
const LEASE_MS = 5_000;
/** Later than this, and we were away. */
const UNWATCHED_MS = 3_000;
/** One run goes on while more is due, but lets others have their turn after this long. */
const LONGEST_RUN_MS = 20_000;
/** A deal that cannot be looked at is tried again at least this often: it may be in transfer. */
const LONGEST_PAUSE_MS = 25_000;

/**
 * The sweep over deals on their way to a sector, a few at a time: one head for all, one or two calls per deal. Sealed
 * deals, of which there are many more, are another sweep's (AuditSealedDeals): neither waits for the other.
 */
@Injectable()
export class TrackDeals {
  constructor(
    private readonly deals: PostgresDealStore,
    private readonly trackDeal: TrackDeal,
    private readonly heads: ChainHeads,
    private readonly faults: NodeFaults,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Looks at all that is due. How many deals those were. @throws ChainUnavailable */
  async run(signal: AbortSignal): Promise<number> {
    const end = this.clock.now().getTime() + LONGEST_RUN_MS;
    let looked = 0;
    for (let more = true; more && !signal.aborted && this.clock.now().getTime() < end;) {
      const due = await this.deals.claimDue(BATCH, LEASE_MS);
      if (due.length > 0) await this.lookAt(due, signal);
      looked += due.length;
      more = due.length === BATCH;
    }
    return looked;
  }

  private async lookAt(due: readonly DueDeal[], signal: AbortSignal): Promise<void> {
    const leased = new Set(due.map(({ lease }) => lease));
    const work = async () => {
      const { height: head, fresh } = await this.heads.read(signal);
      const one = async (each: DueDeal) => {
        if (signal.aborted) return;
        await this.deals.release(each.lease, await this.look(each, { head, fresh }, signal));
        leased.delete(each.lease);
      };
      await new PQueue({ concurrency: AT_ONCE }).addAll(due.map((each) => () => one(each)));
    };
    await whileExtending(() => this.deals.extend([...leased], LEASE_MS), work, LEASE_MS);
  }

  /** When to look again. Never throws: one deal does not stop the others. */
  private async look(due: DueDeal, at: Pick<SeenAt, 'head' | 'fresh'>, signal: AbortSignal): Promise<Date> {
    const { busyMs, calmMs, timeouts } = checkTimes(this.config, due.stalledBefore);
    const now = this.clock.now();
    const { id: dealId, miner, attempts } = due.deal;
    try {
      const seen: SeenAt = { ...at, now, watched: due.lateMs < UNWATCHED_MS + busyMs };
      const { state, doubt } = await this.trackDeal.run(due, seen, timeouts, signal);
      if (attempts > 0) {
        await this.deals.attempted(due.lease, 0);
        await this.faults.succeeded('track');
      }
      return new Date(now.getTime() + (isSealed(state) && doubt === null ? calmMs : busyMs));
    } catch (error) {
      // The process goes down: that says nothing of the deal or of the node.
      if (signal.aborted) return now;
      const words = `deal ${dealId} with ${miner}: ${messageOf(error)}`;
      await this.faults.report(nodeFaultOf(error), 'track', words).catch(() => undefined);
      await this.deals.looked(due, null, true).catch(() => undefined);
      await this.deals.attempted(due.lease, attempts + 1).catch(() => undefined);
      const pause = pauseAfter(attempts + 1, 2 * busyMs, Math.max(2 * busyMs, LONGEST_PAUSE_MS));
      return new Date(this.clock.now().getTime() + pause);
    }
  }
}
