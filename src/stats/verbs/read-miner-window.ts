import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { isOurs } from '../domain/fault.js';
import { beginOf, type Window } from '../domain/window.js';
import { type WindowFigures, windowFigures } from '../domain/window-figures.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';

/** What one miner did in a window, up to the last event that was measured. */
@Injectable()
export class ReadMinerWindow {
  constructor(
    private readonly rollups: PostgresRollupStore,
    private readonly clock: Clock,
  ) {}

  /** `miner`: the address on record. Of one that did nothing, all is zero or null. */
  async run(miner: string, window: Window): Promise<{ from: Date; figures: WindowFigures }> {
    const { from, grain } = beginOf(window, this.clock.now());
    const rows = await this.rollups[grain]('miner', miner, from);
    return { from, figures: windowFigures(rows, isOurs) };
  }
}
