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
import { AccountLimits } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import { FetchPin } from '../fetch/fetch-pin.js';
import { preempt } from './fair-share.js';
import { PinFetchTask } from './pin-fetch-task.js';
import { PinLeases } from './pin-leases.port.js';
import { TransferSlots } from './transfer-slots.js';
/** After a crash a pin is free again this soon. */ export const LEASE_MS = 15_000;
/** The rows are looked at this often without any wake-up. */ const POLL_MS = 1_000;
/** How often at most it is asked who waits: fetches may end many times a second. */ const SHARES_EVERY_MS = 250;
export class PinScheduler {
    constructor(leases, fetchPin, limits, metrics, clock, config){
        this.leases = leases;
        this.fetchPin = fetchPin;
        this.limits = limits;
        this.metrics = metrics;
        this.clock = clock;
        this.tasks = new Map();
        this.sleeping = new AbortController();
        this.extendedAt = 0;
        this.sharesAt = 0;
        const { PIN_CONCURRENCY, PIN_SEARCH_CONCURRENCY, PIN_IDLE_TIMEOUT_SECONDS, PIN_MAX_HOURS } = config.values;
        this.slots = new TransferSlots(PIN_CONCURRENCY, clock);
        this.capacity = PIN_CONCURRENCY + PIN_SEARCH_CONCURRENCY;
        this.timeouts = {
            idleMs: PIN_IDLE_TIMEOUT_SECONDS * 1000,
            longestMs: PIN_MAX_HOURS * 3_600_000
        };
    }
    /** There may be something to do. */ wake() {
        this.sleeping.abort();
    }
    /**
   * Until the signal aborts; then every pin is released.
   * @throws what the database throws: to be called again, nothing is lost.
   */ async run(signal) {
        while(!signal.aborted){
            this.sleeping = new AbortController();
            await this.round(signal);
            await this.clock.sleep(POLL_MS, AbortSignal.any([
                signal,
                this.sleeping.signal
            ])).catch(()=>undefined);
        }
        await Promise.all(this.tasks.values());
    }
    async round(signal) {
        const now = this.clock.now();
        if (now.getTime() - this.extendedAt >= POLL_MS) await this.look(now);
        while(this.tasks.size < this.capacity && !signal.aborted){
            const claim = await this.leases.claimNext(this.clock.now(), this.leaseEnd(), this.slots.weights);
            if (!claim) return;
            this.start(claim, signal);
        }
        if (now.getTime() - this.sharesAt >= SHARES_EVERY_MS) await this.preemptForOthers(now);
    }
    /** Once a second: timeouts, weights, leases. */ async look(now) {
        this.extendedAt = now.getTime();
        for (const task of this.tasks.keys())task.checkTimeouts();
        this.measure();
        this.slots.weights = await this.limits.weights();
        this.slots.rotate();
        const tasks = [
            ...this.tasks.keys()
        ];
        const lost = new Set(await this.leases.extend(tasks, this.leaseEnd()));
        for (const task of tasks)if (lost.has(task.claim)) task.leaseLost();
    }
    /** No room for another: has anybody waited who has less than those whose pins are looked for? */ async preemptForOthers(now) {
        this.sharesAt = now.getTime();
        const searches = [
            ...this.tasks.keys()
        ].filter(({ stage, signal })=>stage !== 'transferring' && !signal.aborted).map((task)=>({
                task,
                userId: task.claim.pin.userId,
                ms: now.getTime() - task.since,
                found: task.stage === 'parked'
            }));
        const preempted = preempt(searches, await this.leases.shares(now, this.capacity), this.slots.weights);
        for (const { task } of preempted)task.preempt();
        if (preempted.length > 0) this.metrics.count('tidewater_pins_preempted_total', 'Pins that were looked for and went back to the queue for others', {}, preempted.length);
    }
    start(claim, signal) {
        const task = new PinFetchTask(claim, this.slots, this.clock, this.timeouts, signal);
        // Whatever it throws is written nowhere: the lease runs out, and the sweep finds the pin.
        const fetch = this.fetchPin.run(task, signal).then(()=>undefined, ()=>undefined).finally(()=>{
            task.end();
            this.tasks.delete(task);
            this.wake();
        });
        this.tasks.set(task, fetch);
    }
    leaseEnd() {
        return new Date(this.clock.now().getTime() + LEASE_MS);
    }
    measure() {
        const stages = [
            ...this.tasks.keys()
        ].map(({ stage })=>stage);
        for (const stage of [
            'looking',
            'parked',
            'transferring'
        ]){
            this.metrics.gauge('tidewater_pin_fetches', 'Pins that this worker works on', stages.filter((one)=>one === stage).length, {
                stage
            });
        }
    }
}
PinScheduler = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinLeases === "undefined" ? Object : PinLeases,
        typeof FetchPin === "undefined" ? Object : FetchPin,
        typeof AccountLimits === "undefined" ? Object : AccountLimits,
        typeof Metrics === "undefined" ? Object : Metrics,
        typeof Clock === "undefined" ? Object : Clock,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], PinScheduler);

//# sourceMappingURL=pin-scheduler.js.map
