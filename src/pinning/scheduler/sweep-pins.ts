import { Injectable } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/index.js';
import { MOST_CUT_OFFS } from './retry-policy.js';
import { PinLeases } from './pin-leases.port.js';
import { PinCounts } from '../requests/pin-store.port.js';
import { PinRegistry } from '../requests/pin-registry.js';

const BATCH = 1_000;
/** More than can change in a second. */
const FOLD_MOST = 50_000;

/**
 * Finds what a crash left behind, out of the rows alone (Estuary's D1 and D2): leases that ran out, removals that were
 * cut off. Queued pins need nobody: workers look for them in the rows. Any number of processes may do so at once.
 */
@Injectable()
export class SweepPins {
  constructor(
    private readonly leases: PinLeases,
    private readonly counts: PinCounts,
    private readonly registry: PinRegistry,
    private readonly metrics: Metrics,
  ) {}

  /** Idempotent; what fails half-way is taken up by the next run. */
  async run(): Promise<void> {
    await this.leases.reclaim(MOST_CUT_OFFS);
    await this.registry.releaseRemoved(BATCH);
    await this.measure();
  }

  /** Keeps the numbers of pins quick to read; to be called every second. */
  async fold(): Promise<void> {
    await this.counts.fold(FOLD_MOST);
  }

  private async measure(): Promise<void> {
    for (const [status, count] of Object.entries(await this.counts.byStatus()))
      this.metrics.gauge('tidewater_pins', 'Pins by status', count, { status });
    this.metrics.gauge(
      'tidewater_pins_oldest_seconds',
      'Age of the oldest queued pin',
      await this.leases.oldestSeconds(),
    );
  }
}
