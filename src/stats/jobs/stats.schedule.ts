import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Schedules } from '../../platform/queue/index.js';
import { RebuildRollups } from '../verbs/rebuild-rollups.js';
import { RefreshMinerFigures } from '../verbs/refresh-miner-figures.js';

/** After the first run there is nothing to do: a run that failed is what comes again. */
const REBUILD_CHECK_MS = 10 * 60_000;
/** As old as figures and scores of miners may be when something was measured. */
const REFRESH_MS = 3_000;

/** What stats does by itself, in the worker. */
@Injectable()
export class StatsSchedule implements OnApplicationBootstrap {
  constructor(
    private readonly schedules: Schedules,
    private readonly rebuildRollups: RebuildRollups,
    private readonly refreshMinerFigures: RefreshMinerFigures,
  ) {}

  /** At once: a database of an older release is rolled up when the worker starts. */
  onApplicationBootstrap(): void {
    this.schedules.every('stats.build-rollups', REBUILD_CHECK_MS, () => this.rebuildRollups.unlessBuilt());
    this.schedules.every('stats.refresh-miners', REFRESH_MS, (signal) => this.refreshMinerFigures.run(signal));
  }
}
