import { Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { ChainHeads } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { isSealed } from '../domain/deal-state.js';
import { pauseAfter } from '../domain/replication-policy.js';
import { type DueDeal, PostgresDealStore } from '../store/postgres-deal.store.js';
import { whileExtending } from './lease.js';
import { nodeFaultOf, NodeFaults } from './node-faults.js';
import { checkTimes, type SeenAt, TrackDeal } from './track-deal.js';

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
