import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import { ProviderRecordStore } from '../ports/provider-record-store.port.js';
import { IpfsNodeRegistry } from '../store/ipfs-node-registry.store.js';

/** Provider records by state, those that fail, and how late the most overdue one is; peers of our node. */
@Injectable()
export class NetworkMetrics implements OnModuleInit {
  constructor(
    private readonly records: ProviderRecordStore,
    private readonly registry: IpfsNodeRegistry,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Figures are read when somebody scrapes, not before. */
  onModuleInit(): void {
    this.metrics.onScrape(() => this.measureRecords());
    // From the registry, not from the node: one that hangs must not hold up a scrape.
    this.metrics.onScrape(async () =>
      this.metrics.gauge(
        'tidewater_ipfs_peers',
        'Peers that our IPFS node was connected to when it was seen last',
        (await this.registry.nodes())[0]?.peers ?? 0,
      ),
    );
  }

  private async measureRecords(): Promise<void> {
    const { byState, failing, oldestOverdue } = await this.records.figures();
    for (const [state, count] of Object.entries(byState))
      this.metrics.gauge('tidewater_provider_records', 'Roots that our IPFS node provides, by state', count, { state });
    this.metrics.gauge(
      'tidewater_provider_records_failing',
      'Roots whose last announcement failed (not counted beyond 10,000)',
      failing,
    );
    // What is due goes by the database's clock, which may be a moment ahead.
    const lateMs = oldestOverdue ? Math.max(0, this.clock.now().getTime() - oldestOverdue.dueAt.getTime()) : 0;
    this.metrics.gauge('tidewater_provide_overdue_seconds', 'How late the most overdue announcement is', lateMs / 1000);
  }
}
