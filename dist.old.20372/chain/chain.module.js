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
import { HealthChecks } from '../platform/health/index.js';
import { ChainController } from './http/chain.controller.js';
import { ChainHeads } from './verbs/chain-heads.js';
import { ChainFacts } from './verbs/chain-facts.js';
export class ChainModule {
    constructor(health, facts){
        this.health = health;
        this.facts = facts;
    }
    onModuleInit() {
        this.health.register('lotus', ()=>this.facts.assertAnswering());
    }
}
ChainModule = _ts_decorate([
    Module({
        providers: [
            ChainFacts,
            ChainHeads
        ],
        exports: [
            ChainFacts,
            ChainHeads
        ]
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof HealthChecks === "undefined" ? Object : HealthChecks,
        typeof ChainFacts === "undefined" ? Object : ChainFacts
    ])
], ChainModule);
export class ChainHttpModule {
}
ChainHttpModule = _ts_decorate([
    Module({
        imports: [
            ChainModule
        ],
        controllers: [
            ChainController
        ]
    })
], ChainHttpModule);

//# sourceMappingURL=chain.module.js.map
