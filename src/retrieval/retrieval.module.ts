import { Global, Module } from '@nestjs/common';
import { DealsModule, PieceSource } from '../deals/index.js';
import { MinersModule } from '../miners/index.js';
import { ColdDags } from '../pinning/index.js';
import { QueueModule } from '../platform/queue/index.js';
import { RetrievalsController } from './http/retrievals.controller.js';
import { RetrievalProcessor } from './jobs/retrieval.processor.js';
import { retrievalQueue } from './jobs/retrieval.queue.js';
import { RetrievalSchedule } from './jobs/retrieval.schedule.js';
import { HolderDirectory } from './ports/holder-directory.port.js';
import { RetrievalStore } from './ports/retrieval-store.port.js';
import { PrismaRetrievalStore } from './store/prisma-retrieval-store.js';
import { BringBackPiece } from './verbs/bring-back-piece.js';
import { ClimbLadder } from './verbs/climb-ladder.js';
import { FetchDag } from './verbs/fetch-dag.js';
import { LocateHolders } from './verbs/locate-holders.js';
import { OpenSource } from './verbs/open-source.js';
import { ReadRetrieval } from './verbs/read-retrieval.js';
import { RequestRetrieval } from './verbs/request-retrieval.js';
import { RestoreColdDag } from './verbs/restore-cold-dag.js';
import { SweepRetrievals } from './verbs/sweep-retrievals.js';

/** Asking for DAGs, and looking at what became of it. */
@Module({
  imports: [QueueModule.register(retrievalQueue)],
  providers: [
    { provide: RetrievalStore, useClass: PrismaRetrievalStore },
    RequestRetrieval,
    ReadRetrieval,
    SweepRetrievals,
  ],
  exports: [RetrievalStore, RequestRetrieval, ReadRetrieval, SweepRetrievals],
})
export class RetrievalModule {}

@Module({ imports: [RetrievalModule], controllers: [RetrievalsController] })
export class RetrievalHttpModule {}

/** Retrievals run in the worker alone: only there are the ports to miners filled. */
@Module({
  imports: [RetrievalModule],
  providers: [ClimbLadder, OpenSource, FetchDag, RetrievalProcessor, RetrievalSchedule],
})
export class RetrievalJobsModule {}

/** Fills ports of deals and pinning, which are upstream and cannot know this room; worker only. */
@Global()
@Module({
  imports: [DealsModule, MinersModule, RetrievalModule],
  providers: [
    { provide: HolderDirectory, useClass: LocateHolders },
    { provide: PieceSource, useClass: BringBackPiece },
    { provide: ColdDags, useClass: RestoreColdDag },
  ],
  exports: [HolderDirectory, PieceSource, ColdDags],
})
export class RetrievalPortsModule {}
