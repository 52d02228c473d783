import { Injectable } from '@nestjs/common';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, type MinerId } from '../../shared/index.js';
import { isSuspended } from '../domain/miner.js';
import { type Evidence, type Score, scoreOf } from '../domain/score.js';
import { judge, MOST_SUSPENDED_SHARE } from '../domain/suspension-rules.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** What was measured of a miner, as statistics have it. */
export interface Record {
  /** By the UTC day, as far back as there is any. */
  daily: readonly Evidence[];
  /** By the hour, of the last week. */
  hourly: readonly Evidence[];
  /** Deals that are proven and alive. */
  heldDeals: number;
}

/** What its record is worth, and whether the rules leave it alone for a while. */
@Injectable()
export class RecordScore {
  constructor(
    private readonly miners: MinerStore,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /**
   * Stores the score with its lines, as today's of its course, and suspends the miner where a rule says so. The same
   * record twice stores the same. Null: no such miner.
   */
  async run(address: MinerId, record: Record): Promise<Score | null> {
    const now = this.clock.now();
    const score = scoreOf(record.daily, now);
    if (!(await this.miners.recordScore(address, { ...score, heldDeals: record.heldDeals }, now))) return null;
    await this.judge(address, record.hourly, now);
    return score;
  }

  private async judge(address: MinerId, hourly: readonly Evidence[], now: Date): Promise<void> {
    if (judge(hourly, null, now) === null) return;
    const all = await this.miners.list();
    const miner = all.find((one) => one.address === address);
    if (!miner || isSuspended(miner, now)) return;
    const judgement = judge(hourly, miner.judgedFrom, now);
    if (judgement === null) return;
    const leftAlone = all.filter((one) => one.suspendedBy === 'rule' && isSuspended(one, now)).length;
    if (leftAlone + 1 > Math.floor(all.length * MOST_SUSPENDED_SHARE)) {
      this.logger.warn(
        { miner: address, reason: judgement.reason, suspended: leftAlone, miners: all.length },
        'a rule would suspend a miner, but so many are suspended by rules already: look for a cause of our own',
      );
      return;
    }
    if (await this.miners.suspend(address, judgement.reason, judgement.until, 'rule'))
      this.logger.warn({ miner: address, ...judgement }, 'a rule suspended a miner');
  }
}
