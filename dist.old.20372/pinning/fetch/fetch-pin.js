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
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, DomainError, messageOf } from '../../shared/index.js';
import { PinPreempted, PinLeaseLost } from '../pinning.errors.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { pauseAfter, reasonOf, restAfter } from '../scheduler/retry-policy.js';
import { FetchDag } from './fetch-dag.js';
import { PinStoredDag } from './pin-stored-dag.js';
export class FetchPin {
    constructor(leases, pinStoredDag, fetchDag, clock, logger){
        this.leases = leases;
        this.pinStoredDag = pinStoredDag;
        this.fetchDag = fetchDag;
        this.clock = clock;
        this.logger = logger;
    }
    /** @throws when the row could not be written: then the lease runs out, and the sweep finds it. */ async run(task, shutdown) {
        try {
            if (!await this.pinStoredDag.run(task)) await this.fetchDag.run(task);
            return 'pinned';
        } catch (error) {
            return await this.settle(task, task.signal.aborted ? task.signal.reason : error, shutdown);
        }
    }
    async settle({ claim, lookedMs, stage }, error, shutdown) {
        const later = (ms)=>new Date(this.clock.now().getTime() + ms);
        if (error instanceof PinLeaseLost) return 'lease lost';
        if (error instanceof PinPreempted) {
            // What was found already keeps its place.
            await this.leases.release(claim, stage === 'looking' ? later(restAfter(lookedMs)) : null, lookedMs);
            return 'preempted';
        }
        if (shutdown.aborted) {
            await this.leases.release(claim, null, lookedMs);
            return 'released';
        }
        const pause = pauseAfter(error, claim.pin.failures);
        const reason = reasonOf(error);
        this.log(claim.pin.requestId, error, pause);
        if (pause === null) await this.leases.fail(claim, reason);
        else await this.leases.retry(claim, later(pause), reason);
        return pause === null ? 'failed' : 'retried';
    }
    log(requestId, error, retryInMs) {
        const context = {
            requestId,
            retryInMs,
            error: messageOf(error)
        };
        if (error instanceof DomainError) this.logger.info({
            ...context,
            code: error.code
        }, 'pin not fetched');
        else this.logger.error({
            ...context,
            err: error
        }, 'pin not fetched, unexpectedly');
    }
}
FetchPin = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinLeases === "undefined" ? Object : PinLeases,
        typeof PinStoredDag === "undefined" ? Object : PinStoredDag,
        typeof FetchDag === "undefined" ? Object : FetchDag,
        typeof Clock === "undefined" ? Object : Clock,
        typeof AppLogger === "undefined" ? Object : AppLogger
    ])
], FetchPin);

//# sourceMappingURL=fetch-pin.js.map
