import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import type { InspectionTools } from './inspect-car.js';

const DAY_MS = 86_400_000;
/** A copy is due before its time is up, so that the last one is read in time, too. */
const EARLY = 0.9;
const LOOK_MS = 10_000;
const SHORTEST_LOOK_MS = 500;
/** What a timer can be late by is not waited for. */
const SHORTEST_WAIT_MS = 20;

/** When a copy is to be read again, and how fast: SCRUB_DAYS, SCRUB_BYTES_PER_SECOND. */
@Injectable()
export class ScrubPlan {
  private readonly intervalMs: number;
  private readonly bytesPerSecond: number;

  constructor(
    config: AppConfig,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.intervalMs = config.values.SCRUB_DAYS * DAY_MS;
    this.bytesPerSecond = config.values.SCRUB_BYTES_PER_SECOND;
  }

  /** Between two looks at what is due: a CAR that was sealed without a checksum is read so soon. */
  get lookMs(): number {
    return Math.min(LOOK_MS, Math.max(SHORTEST_LOOK_MS, this.intervalMs / 20));
  }

  /** What was read before is due. */
  readBefore(): Date {
    return new Date(this.clock.now().getTime() - this.intervalMs * EARLY);
  }

  /** How long ago that was, in seconds. */
  ageOf(read: Date): number {
    return Math.max(0, (this.clock.now().getTime() - read.getTime()) / 1000);
  }

  /** For one reader: waits until what it has read before is paid for. @throws the signal's reason */
  throttle(signal: AbortSignal): InspectionTools['throttle'] {
    const start = this.clock.monotonicMs();
    let taken = 0;
    return async (bytes) => {
      signal.throwIfAborted();
      this.metrics.count('tidewater_storage_scrubbed_bytes_total', 'Bytes of CARs that the scrub has read', {}, bytes);
      taken += bytes;
      const early = (taken / this.bytesPerSecond) * 1000 - (this.clock.monotonicMs() - start);
      if (early > SHORTEST_WAIT_MS) await this.clock.sleep(early, signal);
    };
  }
}
