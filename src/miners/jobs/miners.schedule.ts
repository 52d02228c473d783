import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ChainUnavailable } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { Clock } from '../../shared/index.js';
import { RefreshMiners } from '../verbs/refresh-miners.js';

const RETRY_MS = 2_000;

/**
 * At start and ever again: who is there, and what do they ask? A node that is not up yet is waited for, not skipped.
 */
@Injectable()
export class MinersSchedule implements OnApplicationBootstrap {
  constructor(
    private readonly schedules: Schedules,
    private readonly refreshMiners: RefreshMiners,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** At once, then MINERS_REFRESH_SECONDS after each run has ended. */
  onApplicationBootstrap(): void {
    this.schedules.every('miners.refresh', this.config.values.MINERS_REFRESH_SECONDS * 1000, (signal) =>
      this.run(signal),
    );
  }

  private async run(signal: AbortSignal): Promise<void> {
    const mostTries = Math.ceil((this.config.values.MINERS_REFRESH_SECONDS * 1000) / RETRY_MS);
    for (let tries = 1; ; tries++) {
      try {
        await this.refreshMiners.run(signal);
        return;
      } catch (error) {
        if (!(error instanceof ChainUnavailable) || tries >= mostTries) throw error;
        await this.clock.sleep(RETRY_MS, signal);
      }
    }
  }
}
