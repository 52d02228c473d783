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
import { Module } from '@nestjs/common';
import { ChainModule } from '../chain/index.js';
import { AdminMinersController, AskController } from './http/miners.controller.js';
import { MinersSchedule } from './jobs/miners.schedule.js';
import { MinerStore } from './ports/miner-store.port.js';
import { PostgresMinerStore } from './store/postgres-miner.store.js';
import { ChooseMiners, Random } from './verbs/choose-miners.js';
import { MinerRegistry } from './verbs/miner-registry.js';
import { RecordOutcome } from './verbs/record-outcome.js';
import { RefreshMiner, RefreshMiners } from './verbs/refresh-miners.js';
const asked = [
    ChooseMiners,
    MinerRegistry,
    RecordOutcome,
    RefreshMiner,
    RefreshMiners
];
export class MinersModule {
}
MinersModule = _ts_decorate([
    Module({
        imports: [
            ChainModule
        ],
        providers: [
            ...asked,
            Random,
            {
                provide: MinerStore,
                useClass: PostgresMinerStore
            }
        ],
        exports: asked
    })
], MinersModule);
export class MinersHttpModule {
}
MinersHttpModule = _ts_decorate([
    Module({
        imports: [
            MinersModule
        ],
        controllers: [
            AdminMinersController,
            AskController
        ]
    })
], MinersHttpModule);
export class MinersJobsModule {
}
MinersJobsModule = _ts_decorate([
    Module({
        imports: [
            MinersModule
        ],
        providers: [
            MinersSchedule
        ]
    })
], MinersJobsModule);

//# sourceMappingURL=miners.module.js.map
