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
import { contentDeleted } from '../content/index.js';
import { Notifications } from '../platform/notifications/index.js';
import { EventSubscribers } from '../platform/outbox/index.js';
import { Schedules } from '../platform/queue/index.js';
import { contentId } from '../shared/index.js';
import { PINS_DUE_CHANNEL } from './pinning.events.js';
import { PinRegistry } from './requests/pin-registry.js';
import { PinScheduler } from './scheduler/pin-scheduler.js';
import { SweepPins } from './scheduler/sweep-pins.js';
const SWEEP_MS = 5_000;
/** It runs until the process ends, and again this soon after it failed. */ const SCHEDULER_AGAIN_MS = 1_000;
const FOLD_MS = 1_000;
export class PinningSubscriptions {
    constructor(schedules, subscribers, notifications, registry, sweepPins, pinScheduler){
        this.schedules = schedules;
        this.subscribers = subscribers;
        this.notifications = notifications;
        this.registry = registry;
        this.sweepPins = sweepPins;
        this.pinScheduler = pinScheduler;
    }
    onModuleInit() {
        this.schedules.every('pinning.scheduler', SCHEDULER_AGAIN_MS, (signal)=>this.pinScheduler.run(signal));
        this.schedules.every('pinning.fold', FOLD_MS, ()=>this.sweepPins.fold());
        this.schedules.every('pinning.sweep', SWEEP_MS, ()=>this.sweepPins.run());
        this.notifications.subscribe(PINS_DUE_CHANNEL, ()=>this.pinScheduler.wake());
        this.subscribers.subscribe('pinning.forget-deleted-content', contentDeleted, ({ payload })=>this.registry.forgetContent(contentId(payload.contentId)));
    }
}
PinningSubscriptions = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Schedules === "undefined" ? Object : Schedules,
        typeof EventSubscribers === "undefined" ? Object : EventSubscribers,
        typeof Notifications === "undefined" ? Object : Notifications,
        typeof PinRegistry === "undefined" ? Object : PinRegistry,
        typeof SweepPins === "undefined" ? Object : SweepPins,
        typeof PinScheduler === "undefined" ? Object : PinScheduler
    ])
], PinningSubscriptions);

//# sourceMappingURL=pinning.subscriptions.js.map
