import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../metrics/index.js';
import { PostgresOutboxStore } from './postgres-outbox.store.js';

/** How many events wait, are on their way, or rest after too many rounds. */
@Injectable()
export class OutboxMetrics implements OnModuleInit {
  constructor(
    private readonly store: PostgresOutboxStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.onScrape(async () => {
      for (const [state, count] of Object.entries(await this.store.counts()))
        this.metrics.gauge('tidewater_outbox_events', 'Events in the outbox by state', count, { state });
    });
  }
}
