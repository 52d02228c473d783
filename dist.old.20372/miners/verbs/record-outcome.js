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
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { afterOutcome as breakerAfter } from '../domain/breaker.js';
import { afterOutcome as successAfter } from '../domain/success.js';
import { MinerStore } from '../ports/miner-store.port.js';
/** Reasons that say nothing about the miner. */ const NOT_ITS_FAULT = [
    'protocol-unsupported',
    'piece-retired',
    'refused-terms'
];
export class RecordOutcome {
    constructor(miners, config, clock){
        this.miners = miners;
        this.config = config;
        this.clock = clock;
    }
    /** No effect for an unknown miner, or for what says nothing about the miner. */ async run(miner, { ok, reason }) {
        if (!ok && reason !== undefined && NOT_ITS_FAULT.includes(reason)) return;
        const now = this.clock.now();
        await this.miners.changeStanding(miner, ({ breaker, success })=>({
                breaker: breakerAfter(breaker, ok, now, this.config.values.MINERS_BREAKER_SECONDS),
                success: successAfter(success, ok, now)
            }));
    }
}
RecordOutcome = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerStore === "undefined" ? Object : MinerStore,
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof Clock === "undefined" ? Object : Clock
    ])
], RecordOutcome);

//# sourceMappingURL=record-outcome.js.map
