import { Injectable } from '@nestjs/common';
import { ChainHeads, type MarketDeal } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import type { Lease } from '../../platform/leases/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { weigh } from '../domain/doubt.js';
import { pauseAfter } from '../domain/replication-policy.js';
import { judgeOnChain, type Verdict } from '../domain/verdict.js';
import { DealReservations, type ReservationAudit } from '../store/deal-reservations.store.js';
import { PostgresDealStore } from '../store/postgres-deal.store.js';
import type { SealedDeal } from '../store/rows.js';
import { checkTimes, type SeenAt, TrackDeal } from './track-deals.js';

/** Deals of one claim, and of one round of questions to the node. */
const BATCH = 1_000;
/** One run goes on while more is due, but ends in time for a shutdown. */
const LONGEST_RUN_MS = 30_000;
/** Of a whole batch: longer than the node may take for it. */
const LEASE_MS = 120_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/** What the chain showed of one deal, when it is not simply in order. */
interface Finding {
  sealed: SealedDeal;
  verdict: Verdict;
}

/**
 * The sweep over sealed deals: compares them with the chain, many at a time. Nearly always all are in order, which
 * costs two statements and a few requests for a thousand of them; only what has changed is loaded and written.
 */
@Injectable()
export class AuditSealedDeals {
  private failures = 0;

  constructor(
    private readonly deals: PostgresDealStore,
    private readonly trackDeal: TrackDeal,
    private readonly heads: ChainHeads,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /** Compares all that is due. How many deals those were. @throws ChainUnavailable: they are due again a while later */
  async run(signal: AbortSignal): Promise<number> {
    const end = this.clock.now().getTime() + LONGEST_RUN_MS;
    let looked = 0;
    for (let more = true; more && !signal.aborted && this.clock.now().getTime() < end;) {
      const due = await this.deals.claimSealed(BATCH, LEASE_MS);
      if (due.length > 0) await this.audit(due, signal);
      looked += due.length;
      more = due.length === BATCH;
    }
    return looked;
  }

  private async audit(due: readonly SealedDeal[], signal: AbortSignal): Promise<void> {
    const { busyMs, calmMs } = checkTimes(this.config);
    const leases = due.map(({ lease }) => lease);
    try {
      const { height: head, fresh } = await this.heads.read(signal);
      const ids = due.flatMap(({ deal }) => (deal.chainDealId === null ? [] : [deal.chainDealId]));
      const seen: SeenAt = { head, fresh, now: this.clock.now(), watched: true };
      const { calm, unanswered, findings } = this.compare(due, await this.heads.deals(ids, signal), seen);
      await this.deals.releaseMany(calm, this.later(calmMs));
      await this.deals.releaseMany(unanswered, this.later(calmMs));
      if (unanswered.length > 0)
        this.logger.warn({ deals: unanswered.length }, 'the node does not say how some sealed deals stand');
      for (const finding of findings) await this.settle(finding, seen, busyMs);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      await this.deals.releaseMany(leases, this.later(pauseAfter(this.failures, 2 * busyMs, LONGEST_PAUSE_MS)));
      throw error;
    }
  }

  private compare(
    due: readonly SealedDeal[],
    markets: ReadonlyMap<bigint, MarketDeal | null>,
    seen: SeenAt,
  ): { calm: Lease[]; unanswered: Lease[]; findings: Finding[] } {
    const { timeouts } = checkTimes(this.config);
    const calm: Lease[] = [];
    const unanswered: Lease[] = [];
    const findings: Finding[] = [];
    for (const sealed of due) {
      const market = sealed.deal.chainDealId === null ? undefined : markets.get(sealed.deal.chainDealId);
      if (market === undefined) {
        unanswered.push(sealed.lease);
        continue;
      }
      const verdict = judgeOnChain(sealed.deal, sealed.piece, market, seen, timeouts);
      const settled = verdict.kind === 'stay' ? sealed.deal.doubt === null : weigh(verdict, null, seen).kind === 'stay';
      if (settled) calm.push(sealed.lease);
      else findings.push({ sealed, verdict });
    }
    return { calm, unanswered, findings };
  }

  /** Never throws: one deal does not stop the others. */
  private async settle({ sealed: { lease }, verdict }: Finding, seen: SeenAt, busyMs: number): Promise<void> {
    try {
      const [claim] = await this.deals.loaded([lease]);
      if (claim) await this.trackDeal.apply(claim, claim.deal, verdict, seen);
    } catch (error) {
      this.logger.warn({ dealId: lease.key, error: messageOf(error) }, 'a finding about a sealed deal was not written');
    }
    await this.deals.releaseMany([lease], this.later(busyMs));
  }

  private later(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

/**
 * Compares what is booked as reserved with the deals themselves, while the platform runs. The two change in one
 * transaction, so a difference is a defect: it is shown, and nothing is repaired.
 */
@Injectable()
export class AuditReservations {
  constructor(
    private readonly reservations: DealReservations,
    private readonly metrics: Metrics,
    private readonly logger: AppLogger,
  ) {}

  /** What was found; the sums and the number of differences are metrics, the differences an error in the log. */
  async run(): Promise<ReservationAudit> {
    const audit = await this.reservations.audit();
    const { reserved, promised, faults } = audit;
    const gauge = (name: string, help: string, value: bigint | number) => this.metrics.gauge(name, help, Number(value));
    gauge('tidewater_deal_reserved_attofil', 'Reserved by deals that are not on chain yet', reserved.cost);
    gauge('tidewater_deal_reserved_datacap_bytes', 'DataCap reserved in the same way', reserved.dataCap);
    gauge('tidewater_deal_reservation_faults', 'Deals whose reservation is not what they cost (0)', faults.length);
    if (faults.length > 0 || reserved.cost !== promised.cost || reserved.dataCap !== promised.dataCap)
      this.logger.error(
        {
          reserved: { cost: reserved.cost.toString(), dataCap: reserved.dataCap.toString() },
          promised: { cost: promised.cost.toString(), dataCap: promised.dataCap.toString() },
          faults: faults.map(({ deal_id, fault }) => ({ dealId: deal_id.toString(), fault })),
        },
        'reservations of deals are not what the deals cost: a defect; nothing was changed',
      );
    return audit;
  }
}
