import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../metrics/index.js';
import { QueueRegistry } from './queue-registry.js';

/** How much waits in each queue of this process, counted when somebody scrapes. */
@Injectable()
export class QueueMetrics implements OnModuleInit {
  constructor(
    private readonly registry: QueueRegistry,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.onScrape(async () => {
      for (const { definition, queue } of this.registry.all()) {
        const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
        for (const [state, count] of Object.entries(counts))
          this.metrics.gauge('tidewater_queue_jobs', 'Jobs in a queue by state', count, {
            queue: definition.name,
            state,
          });
      }
    });
  }
}
