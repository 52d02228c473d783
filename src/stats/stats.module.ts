import { Global, Module } from '@nestjs/common';
import { AccountFigures } from '../accounts/index.js';
import { ContentFigures, ContentModule } from '../content/index.js';
import { PublicDeals } from '../deals/index.js';
import { EgressMeter } from '../gateway/index.js';
import { MinersModule, PublicMiners } from '../miners/index.js';
import { PinningModule } from '../pinning/index.js';
import { DagFigures } from '../storage/index.js';
import { AdminStatsController } from './http/admin-stats.controller.js';
import { PublicDealsController } from './http/public-deals.controller.js';
import { PublicMinersController } from './http/public-miners.controller.js';
import { PublicStatsController } from './http/public-stats.controller.js';
import { UsageController } from './http/usage.controller.js';
import { StatsSchedule } from './jobs/stats.schedule.js';
import { StatsSubscriptions } from './jobs/stats.subscriptions.js';
import { PostgresFiguresStore } from './store/postgres-figures.store.js';
import { PostgresMinerFiguresStore } from './store/postgres-miner-figures.store.js';
import { PostgresObservationStore } from './store/postgres-observation.store.js';
import { PostgresRollupStore } from './store/postgres-rollup.store.js';
import { MeterEgress } from './verbs/meter-egress.js';
import { ListMiners } from './verbs/list-miners.js';
import { ReadAdminStats } from './verbs/read-admin-stats.js';
import { ReadMinerWindow } from './verbs/read-miner-window.js';
import { ReadNetwork } from './verbs/read-network.js';
import { CountTotals, ReadPublicStats } from './verbs/read-public-stats.js';
import { ReadTraffic } from './verbs/read-traffic.js';
import { RefreshMinerFigures } from './verbs/refresh-miner-figures.js';
import { RebuildRollups } from './verbs/rebuild-rollups.js';
import { ReadUsage } from './verbs/read-usage.js';

const stores = [PostgresObservationStore, PostgresFiguresStore, PostgresMinerFiguresStore, PostgresRollupStore];
const readers = [ListMiners, ReadMinerWindow, ReadNetwork, ReadTraffic];

/** What the rooms above offer of their own tables; they need nothing but the database. */
const figuresOfOthers = [AccountFigures, ContentFigures, DagFigures, PublicDeals, PublicMiners];

@Module({
  providers: [...stores, ...readers, ...figuresOfOthers],
  exports: [...stores, ...readers, ...figuresOfOthers],
})
/** Reading and writing figures; no schedule, no route. */
export class StatsModule {}

@Module({
  imports: [StatsModule, ContentModule, PinningModule],
  providers: [CountTotals, ReadAdminStats, ReadPublicStats, ReadUsage],
  controllers: [
    AdminStatsController,
    PublicDealsController,
    PublicStatsController,
    PublicMinersController,
    UsageController,
  ],
})
/** Routes; in the API process alone. */
export class StatsHttpModule {}

/** Measuring happens in the worker alone. */
@Module({
  imports: [StatsModule, MinersModule],
  providers: [RebuildRollups, RefreshMinerFigures, StatsSchedule, StatsSubscriptions],
})
export class StatsJobsModule {}

/** Fills the gateway's port. Global because the gateway, upstream, cannot know this room. */
@Global()
@Module({
  imports: [StatsModule],
  providers: [MeterEgress, { provide: EgressMeter, useExisting: MeterEgress }],
  exports: [EgressMeter],
})
export class StatsPortsModule {}
