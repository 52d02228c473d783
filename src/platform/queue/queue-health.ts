import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthChecks } from '../health/index.js';
import { QueueRegistry } from './queue-registry.js';

/** Work that nobody can hand over waits, late but not lost: that has to be said, whatever else is well. */
@Injectable()
export class QueueHealth implements OnModuleInit {
  constructor(
    private readonly registry: QueueRegistry,
    private readonly health: HealthChecks,
  ) {}

  onModuleInit(): void {
    this.health.register('queue', async () => {
      const [first] = this.registry.all();
      await first?.queue.getJobCounts('waiting');
    });
  }
}
