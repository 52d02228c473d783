import { Global, Module } from '@nestjs/common';
import { EgressMeter } from '../gateway/index.js';
import { PublicMinersController } from './http/public-miners.controller.js';
import { PublicStatsController } from './http/public-stats.controller.js';
import { UsageController } from './http/usage.controller.js';
import { StatsSubscriptions } from './jobs/stats.subscriptions.js';
import { ContentRootQuery } from './store/content-root.query.js';
import { MinerFiguresQuery } from './store/miner-figures.query.js';
import { MinerRowsQuery } from './store/miner-rows.query.js';
import { ObservationStore } from './store/observation-store.js';
import { PublicStatsQuery } from './store/public-stats.query.js';
import { MeterEgress } from './verbs/meter-egress.js';
import { ReadPublicStats } from './verbs/read-public-stats.js';

const queries = [PublicStatsQuery, MinerFiguresQuery, MinerRowsQuery, ContentRootQuery];

@Module({
  providers: [ObservationStore, ReadPublicStats, ...queries],
  exports: [ObservationStore, ReadPublicStats, ...queries],
})
export class StatsModule {}

@Module({ imports: [StatsModule], controllers: [PublicStatsController, PublicMinersController, UsageController] })
export class StatsHttpModule {}

@Module({ imports: [StatsModule], providers: [StatsSubscriptions] })
export class StatsJobsModule {}

/** Fills the gateway's port. Global because the gateway, upstream, cannot know this room. */
@Global()
@Module({
  imports: [StatsModule],
  providers: [MeterEgress, { provide: EgressMeter, useExisting: MeterEgress }],
  exports: [EgressMeter],
})
export class StatsPortsModule {}
