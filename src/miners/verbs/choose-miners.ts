import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Clock, type AttoFil, type MinerId } from '../../shared/index.js';
import { breakerState } from '../domain/breaker.js';
import { drawMiners } from '../domain/draw-miners.js';
import { unfitReason } from '../domain/fitness.js';
import type { Miner } from '../domain/miner.js';
import type { Ask } from '../ports/ask-source.port.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** Chance, injected, so that tests can know it. */
@Injectable()
export class Random {
  /** Uniform in [0, 1). */
  next(): number {
    return Math.random();
  }
}

const LEAST_ASK_FRESH_MS = 30 * 60_000;
const ROUNDS_MISSED = 5;

/** For which deals miners are wanted. */
export interface ChoiceWanted {
  /** Padded bytes. */
  pieceSize: bigint;
  verified: boolean;
  /** attoFIL per GiB per epoch. */
  maxPrice: AttoFil;
  count: number;
  exclude: MinerId[];
  /** Deals on their way per miner: who has few is preferred. */
  inFlight?: ReadonlyMap<MinerId, number>;
  /** Who has the data already: copies go to other owners and regions where there are any. */
  holders?: readonly MinerId[];
  /** Nobody will be asked for a deal: the one try that a failing miner has after its pause stays for a real one. */
  rehearsal?: boolean;
}

interface Choice {
  /** Distinct, in the order to ask them; fewer than wanted when no more fit. */
  chosen: { miner: MinerId; ask: Ask }[];
  /** Everybody who did not fit, and why, for people to read. */
  unfit: { miner: MinerId; reason: string }[];
}

/** With whom to make the next deals for a piece. */
@Injectable()
export class ChooseMiners {
  constructor(
    private readonly miners: MinerStore,
    private readonly random: Random,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Never throws for want of miners: `chosen` is short then. Takes the one try of a failing miner whose pause is over,
   * unless it is a rehearsal.
   */
  async run(wanted: ChoiceWanted): Promise<Choice> {
    const { MINERS_ALLOW, MINERS_EXPLORATION, MINERS_REFRESH_SECONDS, MINERS_SHARE_CAP } = this.config.values;
    const now = this.clock.now();
    const askFreshMs = Math.max(LEAST_ASK_FRESH_MS, ROUNDS_MISSED * MINERS_REFRESH_SECONDS * 1000);
    const all = await this.miners.list();
    const judged = all.map((miner) => ({
      miner,
      reason: unfitReason(miner, wanted, { now, askFreshMs, allowed: MINERS_ALLOW }),
    }));
    const fit = judged.filter(({ reason }) => reason === null).map(({ miner }) => miner);
    const order = drawMiners(fit, all, {
      exploration: MINERS_EXPLORATION,
      random: () => this.random.next(),
      now,
      inFlight: wanted.inFlight,
      shareCap: MINERS_SHARE_CAP,
      holders: wanted.holders,
    });
    const unfit = judged.flatMap(({ miner, reason }) => (reason === null ? [] : [{ miner: miner.address, reason }]));
    const chosen: Choice['chosen'] = [];
    for (const miner of order) {
      if (chosen.length >= wanted.count) break;
      if (miner.ask === null) continue;
      if (await this.mayAsk(miner, now, wanted.rehearsal ?? false))
        chosen.push({ miner: miner.address, ask: miner.ask });
      else unfit.push({ miner: miner.address, reason: 'failed several times in a row; another deal is trying it now' });
    }
    return { chosen, unfit };
  }

  /** A miner whose pause is over gets one deal to prove itself with, not a flood. */
  private async mayAsk(miner: Miner, now: Date, rehearsal: boolean): Promise<boolean> {
    if (rehearsal || breakerState(miner.breaker, now) !== 'half-open') return true;
    return this.miners.claimProbe(
      miner.address,
      now,
      new Date(now.getTime() + this.config.values.MINERS_BREAKER_SECONDS * 1000),
    );
  }
}
