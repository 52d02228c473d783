import { Injectable } from '@nestjs/common';
import { PublicDeals } from '../../deals/index.js';
import { PublicMiners, RecordScore } from '../../miners/index.js';
import { Clock, minerId } from '../../shared/index.js';
import { evidenceOf, heldDealsOf } from '../domain/evidence.js';
import { isOurs } from '../domain/fault.js';
import { failuresByDay, tableFigures, type TableFigures } from '../domain/miner-table.js';
import { beginOf, daysAgo, type Window, WINDOWS } from '../domain/window.js';
import { windowFigures } from '../domain/window-figures.js';
import { PostgresMinerFiguresStore } from '../store/postgres-miner-figures.store.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';

/** Windows move on by themselves: all miners are looked at this often, whether anything happened or not. */
const ALL_EVERY_MS = 10 * 60_000;
/** Ids are handed out before commits: what was on its way when we looked is seen the next time. */
const LOOK_BACK = 200n;

/**
 * Figures and scores of miners, made from their roll-ups whenever something was measured of them. Pages read what is
 * stored here; a score is told to the room of miners, which chooses by it.
 */
@Injectable()
export class RefreshMinerFigures {
  private measured = 0n;
  private allAt: number | null = null;

  constructor(
    private readonly miners: PublicMiners,
    private readonly deals: PublicDeals,
    private readonly rollups: PostgresRollupStore,
    private readonly figures: PostgresMinerFiguresStore,
    private readonly recordScore: RecordScore,
    private readonly clock: Clock,
  ) {}

  /** Those of whom something was measured since the last run; all of them at first, and every ten minutes. */
  async run(signal?: AbortSignal): Promise<{ miners: number }> {
    const before = this.clock.monotonicMs();
    const all = this.allAt === null || before - this.allAt >= ALL_EVERY_MS;
    const { miners, newest } = await this.figures.measuredSince(
      this.measured > LOOK_BACK ? this.measured - LOOK_BACK : 0n,
    );
    const due = all ? (await this.miners.list()).map(({ address }) => address) : newest > this.measured ? miners : [];
    for (const miner of due) {
      signal?.throwIfAborted();
      await this.refresh(miner);
    }
    this.measured = newest;
    if (all) this.allAt = before;
    return { miners: due.length };
  }

  /** One miner, now. Doing it again changes nothing but the time. */
  async refresh(miner: string): Promise<void> {
    const now = this.clock.now();
    const [days, hours, counts] = await Promise.all([
      this.rollups.days('miner', miner, new Date(0)),
      this.rollups.hours('miner', miner, daysAgo(7, now)),
      this.deals.countsByMiner(miner),
    ]);
    const failures = failuresByDay(days, isOurs, now);
    const figures = new Map<Window, TableFigures>();
    for (const window of WINDOWS) {
      const { from, grain } = beginOf(window, now);
      const rows = (grain === 'hours' ? hours : days).filter(({ at }) => at >= from);
      figures.set(window, tableFigures(windowFigures(rows, isOurs), failures, counts.get(miner)));
    }
    await this.figures.store(miner, figures, now);
    await this.recordScore.run(minerId(miner), {
      daily: evidenceOf(days, isOurs),
      hourly: evidenceOf(hours, isOurs),
      heldDeals: heldDealsOf(days),
    });
  }
}
