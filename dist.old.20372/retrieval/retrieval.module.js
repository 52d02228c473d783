function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
import { Global, Module } from '@nestjs/common';
import { DealsModule, PieceSource } from '../deals/index.js';
import { MinersModule } from '../miners/index.js';
import { ColdDags } from '../pinning/index.js';
import { QueueModule } from '../platform/queue/index.js';
import { RetrievalsController } from './http/retrievals.controller.js';
import { retrievalQueue } from './jobs/retrieval.queue.js';
import { RetrievalProcessor, RetrievalSchedule } from './jobs/retrieval.subscriptions.js';
import { PostgresRetrievalStore } from './store/postgres-retrieval.store.js';
import { HolderDirectory } from './verbs/holder-directory.js';
import { RestoreColdDag } from './verbs/restore-cold-dag.js';
import { RetrievalCoordinator } from './verbs/retrieval-coordinator.js';
import { Retrievals } from './verbs/retrievals.js';
import { RetrieveDagFromMiner } from './verbs/retrieve-dag-from-miner.js';
import { RetrievePiece } from './verbs/retrieve-piece.js';
export class RetrievalModule {
}
RetrievalModule = _ts_decorate([
    Module({
        imports: [
            QueueModule.register(retrievalQueue)
        ],
        providers: [
            PostgresRetrievalStore,
            Retrievals
        ],
        exports: [
            PostgresRetrievalStore,
            Retrievals
        ]
    })
], RetrievalModule);
export class RetrievalHttpModule {
}
RetrievalHttpModule = _ts_decorate([
    Module({
        imports: [
            RetrievalModule
        ],
        controllers: [
            RetrievalsController
        ]
    })
], RetrievalHttpModule);
export class RetrievalJobsModule {
}
RetrievalJobsModule = _ts_decorate([
    Module({
        imports: [
            RetrievalModule
        ],
        providers: [
            RetrievalCoordinator,
            RetrieveDagFromMiner,
            RetrievalProcessor,
            RetrievalSchedule
        ]
    })
], RetrievalJobsModule);
export class RetrievalPortsModule {
}
RetrievalPortsModule = _ts_decorate([
    Global(),
    Module({
        imports: [
            DealsModule,
            MinersModule,
            RetrievalModule
        ],
        providers: [
            HolderDirectory,
            {
                provide: PieceSource,
                useClass: RetrievePiece
            },
            {
                provide: ColdDags,
                useClass: RestoreColdDag
            }
        ],
        exports: [
            HolderDirectory,
            PieceSource,
            ColdDags
        ]
    })
], RetrievalPortsModule);

//# sourceMappingURL=retrieval.module.js.map
