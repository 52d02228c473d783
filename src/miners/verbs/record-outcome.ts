import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Clock, type MinerId } from '../../shared/index.js';
import { afterOutcome as breakerAfter } from '../domain/breaker.js';
import { afterOutcome as successAfter } from '../domain/success.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** How a deal ended, or that it became active. `reason`: deals' failure reasons. */
export interface Outcome {
  ok: boolean;
  phase?: string;
  reason?: string;
}

/** Reasons that say nothing about the miner. */
const NOT_ITS_FAULT = ['protocol-unsupported', 'piece-retired', 'refused-terms'];

/** How a deal with a miner went: its share of successes and its circuit breaker follow. */
@Injectable()
export class RecordOutcome {
  constructor(
    private readonly miners: MinerStore,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** No effect for an unknown miner, or for what says nothing about the miner. */
  async run(miner: MinerId, { ok, reason }: Outcome): Promise<void> {
    if (!ok && reason !== undefined && NOT_ITS_FAULT.includes(reason)) return;
    const now = this.clock.now();
    await this.miners.changeStanding(miner, ({ breaker, success }) => ({
      breaker: breakerAfter(breaker, ok, now, this.config.values.MINERS_BREAKER_SECONDS),
      success: successAfter(success, ok, now),
    }));
  }
}
