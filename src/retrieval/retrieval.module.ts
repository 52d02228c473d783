import { Global, Module } from '@nestjs/common';
import { DealsModule, PieceSource } from '../deals/index.js';
import { MinersModule } from '../miners/index.js';
import { ColdDags } from '../pinning/index.js';
import { QueueModule } from '../platform/queue/index.js';
import { RetrievalsController } from './http/retrievals.controller.js';
import { StorageDamageController } from './http/storage-damage.controller.js';
import { retrievalQueue } from './jobs/retrieval.queue.js';
import { RetrievalProcessor, RetrievalSchedule, RetrievalSubscriptions } from './jobs/retrieval.subscriptions.js';
import { PostgresRetrievalStore } from './store/postgres-retrieval.store.js';
import { HolderDirectory } from './verbs/holder-directory.js';
import { RestoreColdDag } from './verbs/restore-cold-dag.js';
import { RetrievalCoordinator } from './verbs/retrieval-coordinator.js';
import { Retrievals } from './verbs/retrievals.js';
import { RetrieveDagFromMiner } from './verbs/retrieve-dag-from-miner.js';
import { RetrievePiece } from './verbs/retrieve-piece.js';

/** Asking for DAGs, and looking at what became of it. */
@Module({
  imports: [QueueModule.register(retrievalQueue)],
  providers: [PostgresRetrievalStore, Retrievals],
  exports: [PostgresRetrievalStore, Retrievals],
})
export class RetrievalModule {}

/** Routes; in the API process alone. */
@Module({ imports: [RetrievalModule], controllers: [RetrievalsController, StorageDamageController] })
export class RetrievalHttpModule {}

/** Retrievals run in the worker alone: only there are the ports to miners filled. */
@Module({
  imports: [DealsModule, RetrievalModule],
  providers: [
    RetrievalCoordinator,
    RetrieveDagFromMiner,
    RetrievalProcessor,
    RetrievalSchedule,
    RetrievalSubscriptions,
  ],
})
export class RetrievalJobsModule {}

/** Fills ports of deals and pinning, which are upstream and cannot know this room; worker only. */
@Global()
@Module({
  imports: [DealsModule, MinersModule, RetrievalModule],
  providers: [
    HolderDirectory,
    { provide: PieceSource, useClass: RetrievePiece },
    { provide: ColdDags, useClass: RestoreColdDag },
  ],
  exports: [HolderDirectory, PieceSource, ColdDags],
})
export class RetrievalPortsModule {}
