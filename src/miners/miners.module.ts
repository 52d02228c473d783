import { Module } from '@nestjs/common';
import { ChainModule } from '../chain/index.js';
import { AdminMinersController, AskController } from './http/miners.controller.js';
import { MinersSchedule } from './jobs/miners.schedule.js';
import { MinerStore } from './ports/miner-store.port.js';
import { PostgresMinerStore } from './store/postgres-miner.store.js';
import { ChooseMiners, Random } from './verbs/choose-miners.js';
import { MinerRegistry } from './verbs/miner-registry.js';
import { RecordOutcome } from './verbs/record-outcome.js';
import { RecordScore } from './verbs/record-score.js';
import { RefreshMiner, RefreshMiners } from './verbs/refresh-miners.js';

const asked = [ChooseMiners, MinerRegistry, RecordOutcome, RecordScore, RefreshMiner, RefreshMiners];

/** Whom we deal with, in both processes. The AskSource comes from an adapter. */
@Module({
  imports: [ChainModule],
  providers: [...asked, Random, { provide: MinerStore, useClass: PostgresMinerStore }],
  exports: asked,
})
export class MinersModule {}

/** The operator's routes, and the one for everybody. For the API process. */
@Module({ imports: [MinersModule], controllers: [AdminMinersController, AskController] })
export class MinersHttpModule {}

/** The regular look at all miners. For the worker process. */
@Module({ imports: [MinersModule], providers: [MinersSchedule] })
export class MinersJobsModule {}
