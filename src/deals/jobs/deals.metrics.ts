import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { dealTransitions, pieceTransitions } from '../domain/deal-state.js';
import { nodeFaults } from '../domain/node-fault.js';
import { DealFaultsStore } from '../store/deal-faults.store.js';
import { PostgresDealStore } from '../store/postgres-deal.store.js';
import { PostgresDealViewStore } from '../store/postgres-deal-view.store.js';

const EVERY_MS = 10_000;

/** Deals and pieces by state, and how long the oldest piece has waited. */
@Injectable()
export class DealsMetrics implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly dealViews: PostgresDealViewStore,
    private readonly deals: PostgresDealStore,
    private readonly faults: DealFaultsStore,
    private readonly metrics: Metrics,
  ) {}

  /** Measured every ten seconds, not when somebody scrapes. */
  onModuleInit(): void {
    this.schedules.every('deals.measure', EVERY_MS, () => this.measure());
  }

  private async measure(): Promise<void> {
    const { deals, pieces, oldestWaitingSeconds } = await this.dealViews.figures();
    for (const state of Object.keys(dealTransitions))
      this.metrics.gauge('tidewater_deals', 'Deals by state', deals[state] ?? 0, { state });
    for (const state of Object.keys(pieceTransitions))
      this.metrics.gauge('tidewater_pieces', 'Pieces by state', pieces[state] ?? 0, { state });
    this.metrics.gauge(
      'tidewater_oldest_waiting_piece_seconds',
      'Age of the oldest piece that lacks deals',
      oldestWaitingSeconds,
    );
    await this.measureFaults();
    for (const [kind, seconds] of Object.entries(await this.deals.lateness()))
      this.metrics.gauge(
        'tidewater_deal_check_late_seconds',
        'How long the deal that waits longest for a look has been due',
        seconds,
        { kind },
      );
  }

  private async measureFaults(): Promise<void> {
    const open = await this.faults.open();
    for (const fault of Object.keys(nodeFaults))
      this.metrics.gauge(
        'tidewater_deal_fault',
        'Whether this is wrong with our node or wallet now',
        open.some((each) => each.fault === fault) ? 1 : 0,
        { fault },
      );
    const paused = open.some((each) => each.paused) ? 1 : 0;
    this.metrics.gauge('tidewater_deal_making_paused', 'Deals wait for a fault of our node or wallet', paused);
  }
}
