import type { AppConfig } from '../config/index.js';
import { SystemClock } from '../shared/index.js';
import { openStatsStores } from './store/open-stats-stores.js';
import { RebuildRollups } from './verbs/rebuild-rollups.js';

/** What the command line offers of this room, wired by hand: a command starts without a Nest context. */
export class StatsCommands implements AsyncDisposable {
  private readonly stores: ReturnType<typeof openStatsStores>;

  constructor(config: AppConfig) {
    this.stores = openStatsStores(config);
  }

  /** All roll-ups anew from what was measured, beside a running platform or without. May be repeated. */
  async rebuild(): Promise<{ measurements: number }> {
    return new RebuildRollups(this.stores.rollups, new SystemClock()).run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stores.close();
  }
}
