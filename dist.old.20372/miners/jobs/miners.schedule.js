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
import { ChainUnavailable } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { Clock } from '../../shared/index.js';
import { RefreshMiners } from '../verbs/refresh-miners.js';
const RETRY_MS = 2_000;
export class MinersSchedule {
    constructor(schedules, refreshMiners, config, clock){
        this.schedules = schedules;
        this.refreshMiners = refreshMiners;
        this.config = config;
        this.clock = clock;
    }
    onApplicationBootstrap() {
        this.schedules.every('miners.refresh', this.config.values.MINERS_REFRESH_SECONDS * 1000, (signal)=>this.run(signal));
    }
    async run(signal) {
        const mostTries = Math.ceil(this.config.values.MINERS_REFRESH_SECONDS * 1000 / RETRY_MS);
        for(let tries = 1;; tries++){
            try {
                await this.refreshMiners.run(signal);
                return;
            } catch (error) {
                if (!(error instanceof ChainUnavailable) || tries >= mostTries) throw error;
                await this.clock.sleep(RETRY_MS, signal);
            }
        }
    }
}
MinersSchedule = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Schedules === "undefined" ? Object : Schedules,
        typeof RefreshMiners === "undefined" ? Object : RefreshMiners,
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof Clock === "undefined" ? Object : Clock
    ])
], MinersSchedule);

//# sourceMappingURL=miners.schedule.js.map
