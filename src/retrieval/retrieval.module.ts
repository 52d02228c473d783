import { Module } from '@nestjs/common';
import { QueueModule } from '../platform/queue/index.js';
import { RetrievalsController } from './http/retrievals.controller.js';
import { retrievalQueue } from './jobs/retrieval.queue.js';
import { RetrievalStore } from './ports/retrieval-store.port.js';
import { PrismaRetrievalStore } from './store/prisma-retrieval-store.js';
import { ReadRetrieval } from './verbs/read-retrieval.js';
import { RequestRetrieval } from './verbs/request-retrieval.js';
import { SweepRetrievals } from './verbs/sweep-retrievals.js';

/** Asking for DAGs, and looking at what became of it. */
@Module({
  imports: [QueueModule.register(retrievalQueue)],
  providers: [{ provide: RetrievalStore, useClass: PrismaRetrievalStore }, RequestRetrieval, ReadRetrieval, SweepRetrievals],
  exports: [RetrievalStore, RequestRetrieval, ReadRetrieval, SweepRetrievals],
})
export class RetrievalModule {}

@Module({ imports: [RetrievalModule], controllers: [RetrievalsController] })
export class RetrievalHttpModule {}
