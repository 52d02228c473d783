import { Module } from '@nestjs/common';
import { ChainModule } from '../chain/index.js';
import { AdminMinersController } from './http/admin-miners.controller.js';
import { AskController } from './http/ask.controller.js';
import { MinersSchedule } from './jobs/miners.schedule.js';
import { MinerStore } from './ports/miner-store.port.js';
import { MathRandom, Random } from './ports/random.port.js';
import { PrismaMinerStore } from './store/prisma-miner-store.js';
import { AddMiner } from './verbs/add-miner.js';
import { ChooseMiners } from './verbs/choose-miners.js';
import { FindMiner } from './verbs/find-miner.js';
import { ListMiners } from './verbs/list-miners.js';
import { MinerHttp } from './verbs/miner-http.js';
import { QueryAsk } from './verbs/query-ask.js';
import { RecordOutcome } from './verbs/record-outcome.js';
import { RefreshMiner } from './verbs/refresh-miner.js';
import { RefreshMiners } from './verbs/refresh-miners.js';
import { RenameMiner } from './verbs/rename-miner.js';
import { SuspendMiner } from './verbs/suspend-miner.js';
import { UnsuspendMiner } from './verbs/unsuspend-miner.js';

const verbs = [
  AddMiner,
  ChooseMiners,
  FindMiner,
  ListMiners,
  MinerHttp,
  QueryAsk,
  RecordOutcome,
  RefreshMiner,
  RefreshMiners,
  RenameMiner,
  SuspendMiner,
  UnsuspendMiner,
];

/** Whom we deal with, in both processes. The AskSource comes from an adapter. */
@Module({
  imports: [ChainModule],
  providers: [...verbs, { provide: MinerStore, useClass: PrismaMinerStore }, { provide: Random, useClass: MathRandom }],
  exports: verbs,
})
export class MinersModule {}

@Module({ imports: [MinersModule], controllers: [AdminMinersController, AskController] })
export class MinersHttpModule {}

@Module({ imports: [MinersModule], providers: [MinersSchedule] })
export class MinersJobsModule {}
