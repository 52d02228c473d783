import { Injectable } from '@nestjs/common';
import { ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import type { CommittedPiece } from '../domain/deal.js';
import type { Timeouts, Seen } from '../domain/verdict.js';
import { DealStore } from '../store/deal-store.js';
import { type PollIntervals, TrackDeal } from './track-deal.js';

const BATCH = 200;
const AT_ONCE = 8;
/** A look that takes longer may happen twice, which harms nobody. */
const LEASE_MS = 5_000;
/** Later than this, and we were away. */
const UNWATCHED_MS = 3_000;
const MOST_EXTENSIONS = 12;
/** Sealed deals are looked at this many times less often than those on their way. */
const CALM = 30;
const CHAIN_LAG_CHECKS = 15;

/** The tracking sweep: every live deal that is due, a few at a time. One head for all, one or two calls per deal. */
@Injectable()
export class TrackDeals {
  constructor(
    private readonly deals: DealStore,
    private readonly trackDeal: TrackDeal,
    private readonly chain: ChainSource,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /** How many deals were looked at. */
  async run(signal: AbortSignal): Promise<number> {
    const due = await this.deals.claimDue(BATCH, LEASE_MS);
    if (due.length === 0) return 0;
    const head = (await this.chain.head(signal)).height;
    const { DEALS_CHECK_SECONDS, DEALS_STALL_TIMEOUT_SECONDS, DEALS_RENEW_WINDOW } = this.config.values;
    const busyMs = DEALS_CHECK_SECONDS * 1000;
    const intervals: PollIntervals = { busyMs, calmMs: busyMs * CALM };
    const queue = [...due];
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
        const { deal, piece, lateMs, stalledBefore } = next;
        // Where one miner after the other seems silent, perhaps everything is slow: each gets more time than the last.
        const stallMs = DEALS_STALL_TIMEOUT_SECONDS * 1000 * 1.5 ** Math.min(stalledBefore, MOST_EXTENSIONS);
        const timeouts: Timeouts = { stallMs, chainLagMs: CHAIN_LAG_CHECKS * busyMs, renewWindow: DEALS_RENEW_WINDOW };
        const seen: Seen = { head, now: this.clock.now(), watched: lateMs < UNWATCHED_MS + busyMs };
        try {
          await this.trackDeal.run(deal, piece as CommittedPiece, seen, timeouts, intervals, signal);
        } catch (error) {
          this.logger.warn({ dealId: deal.id, miner: deal.miner, error: messageOf(error) }, 'a look at a deal failed');
          await this.deals.looked(deal, new Date(this.clock.now().getTime() + 2 * busyMs), null, true);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return due.length;
  }
}
