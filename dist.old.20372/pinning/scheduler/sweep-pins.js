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
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import { MOST_CUT_OFFS } from './retry-policy.js';
import { PinLeases } from './pin-leases.port.js';
import { PinCounts } from '../requests/pin-store.port.js';
import { PinRegistry } from '../requests/pin-registry.js';
const BATCH = 1_000;
/** More than can change in a second. */ const FOLD_MOST = 50_000;
export class SweepPins {
    constructor(leases, counts, registry, metrics, clock){
        this.leases = leases;
        this.counts = counts;
        this.registry = registry;
        this.metrics = metrics;
        this.clock = clock;
    }
    /** Idempotent; what fails half-way is taken up by the next run. */ async run() {
        const now = this.clock.now();
        await this.leases.reclaim(now, MOST_CUT_OFFS);
        await this.registry.releaseRemoved(BATCH);
        await this.measure(now);
    }
    /** Keeps the numbers of pins quick to read; to be called every second. */ async fold() {
        await this.counts.fold(FOLD_MOST);
    }
    async measure(now) {
        for (const [status, count] of Object.entries(await this.counts.byStatus()))this.metrics.gauge('tidewater_pins', 'Pins by status', count, {
            status
        });
        this.metrics.gauge('tidewater_pins_oldest_seconds', 'Age of the oldest queued pin', await this.leases.oldestSeconds(now));
    }
}
SweepPins = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinLeases === "undefined" ? Object : PinLeases,
        typeof PinCounts === "undefined" ? Object : PinCounts,
        typeof PinRegistry === "undefined" ? Object : PinRegistry,
        typeof Metrics === "undefined" ? Object : Metrics,
        typeof Clock === "undefined" ? Object : Clock
    ])
], SweepPins);

//# sourceMappingURL=sweep-pins.js.map
