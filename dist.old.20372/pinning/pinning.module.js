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
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
import { Module } from '@nestjs/common';
import { AccountsModule, UsageRegistry } from '../accounts/index.js';
import { ContentModule } from '../content/index.js';
import { NetworkModule } from '../network/index.js';
import { AddIpfsController } from './api/add-ipfs.controller.js';
import { BatchedPinsController } from './api/batched-pins.controller.js';
import { DelegatesKnown, RequestRate } from './api/pin-requests.guard.js';
import { PinPresenter } from './api/pin.presenter.js';
import { PinsController } from './api/pins.controller.js';
import { FetchDag } from './fetch/fetch-dag.js';
import { FetchPin } from './fetch/fetch-pin.js';
import { PinHotDag, PinStoredDag } from './fetch/pin-stored-dag.js';
import { PinningSubscriptions } from './pinning.subscriptions.js';
import { PinRegistry } from './requests/pin-registry.js';
import { PinCounts, PinStore } from './requests/pin-store.port.js';
import { PostgresPinCounts } from './requests/postgres-pin-counts.store.js';
import { PostgresPinStore } from './requests/postgres-pin.store.js';
import { RequestPins } from './requests/request-pins.js';
import { PinLeases } from './scheduler/pin-leases.port.js';
import { PinScheduler } from './scheduler/pin-scheduler.js';
import { PostgresPinLeases } from './scheduler/postgres-pin-leases.store.js';
import { SweepPins } from './scheduler/sweep-pins.js';
export class PinningModule {
}
PinningModule = _ts_decorate([
    Module({
        imports: [
            AccountsModule,
            ContentModule,
            NetworkModule
        ],
        providers: [
            {
                provide: PinStore,
                useClass: PostgresPinStore
            },
            {
                provide: PinLeases,
                useClass: PostgresPinLeases
            },
            {
                provide: PinCounts,
                useClass: PostgresPinCounts
            },
            PinHotDag,
            RequestPins,
            PinRegistry
        ],
        exports: [
            PinLeases,
            PinCounts,
            PinHotDag,
            RequestPins,
            PinRegistry
        ]
    })
], PinningModule);
export class PinningHttpModule {
    constructor(uses, counts){
        this.uses = uses;
        this.counts = counts;
    }
    /** Accounts show how many pins they have. */ onModuleInit() {
        this.uses.register(async (users)=>{
            const pins = await this.counts.ofUsers(users);
            return new Map(users.map((user)=>[
                    user,
                    {
                        pins: pins.get(user) ?? 0
                    }
                ]));
        });
    }
}
PinningHttpModule = _ts_decorate([
    Module({
        imports: [
            AccountsModule,
            PinningModule,
            NetworkModule
        ],
        controllers: [
            PinsController,
            AddIpfsController,
            BatchedPinsController
        ],
        providers: [
            PinPresenter,
            RequestRate,
            DelegatesKnown
        ]
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof UsageRegistry === "undefined" ? Object : UsageRegistry,
        typeof PinCounts === "undefined" ? Object : PinCounts
    ])
], PinningHttpModule);
export class PinningJobsModule {
}
PinningJobsModule = _ts_decorate([
    Module({
        imports: [
            PinningModule,
            ContentModule,
            AccountsModule
        ],
        providers: [
            PinStoredDag,
            FetchDag,
            FetchPin,
            PinScheduler,
            SweepPins,
            PinningSubscriptions
        ]
    })
], PinningJobsModule);

//# sourceMappingURL=pinning.module.js.map
