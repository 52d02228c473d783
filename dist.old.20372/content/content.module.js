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
import { Global, Module } from '@nestjs/common';
import { AccountsModule, OwnerRegistry, UsageRegistry } from '../accounts/index.js';
import { contentId } from '../shared/index.js';
import { DagReferences } from '../storage/index.js';
import { ContentNotFound } from './domain/content.errors.js';
import { ContentController } from './http/content.controller.js';
import { UploadsController } from './http/uploads.controller.js';
import { AccountUsage } from './ports/account-usage.port.js';
import { PostgresAccountUsageStore } from './store/postgres-account-usage.store.js';
import { PostgresContentStore } from './store/postgres-content.store.js';
import { PostgresDagReferencesStore } from './store/postgres-dag-references.store.js';
import { AccountQuota } from './verbs/account-quota.js';
import { AddCar } from './verbs/add-car.js';
import { AddFile } from './verbs/add-file.js';
import { ContentRegistry } from './verbs/content-registry.js';
import { DeleteContent, OffloadDag } from './verbs/remove-content.js';
export class ContentPortsModule {
}
ContentPortsModule = _ts_decorate([
    Global(),
    Module({
        imports: [
            AccountsModule
        ],
        providers: [
            {
                provide: DagReferences,
                useClass: PostgresDagReferencesStore
            },
            PostgresAccountUsageStore,
            {
                provide: AccountUsage,
                useExisting: PostgresAccountUsageStore
            }
        ],
        exports: [
            DagReferences,
            AccountUsage
        ]
    })
], ContentPortsModule);
const verbs = [
    AccountQuota,
    AddCar,
    AddFile,
    ContentRegistry,
    DeleteContent,
    OffloadDag
];
export class ContentModule {
}
ContentModule = _ts_decorate([
    Module({
        imports: [
            AccountsModule,
            ContentPortsModule
        ],
        providers: [
            ...verbs,
            PostgresContentStore
        ],
        exports: [
            ...verbs,
            ContentPortsModule
        ]
    })
], ContentModule);
export class ContentHttpModule {
    constructor(owners, contents, uses, usage){
        this.owners = owners;
        this.contents = contents;
        this.uses = uses;
        this.usage = usage;
    }
    onModuleInit() {
        this.uses.register((users)=>this.usage.ofMany(users));
        this.owners.register('content', (id)=>this.contents.ownerOf(contentId(id)), (id)=>new ContentNotFound(`no such content: ${id}`));
    }
}
ContentHttpModule = _ts_decorate([
    Module({
        imports: [
            AccountsModule,
            ContentModule
        ],
        controllers: [
            UploadsController,
            ContentController
        ]
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof OwnerRegistry === "undefined" ? Object : OwnerRegistry,
        typeof ContentRegistry === "undefined" ? Object : ContentRegistry,
        typeof UsageRegistry === "undefined" ? Object : UsageRegistry,
        typeof AccountUsage === "undefined" ? Object : AccountUsage
    ])
], ContentHttpModule);

//# sourceMappingURL=content.module.js.map
