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
import { Rates } from '../../platform/rates/index.js';
import { TooManyRequests } from '../pinning.errors.js';
import { PinPresenter } from './pin.presenter.js';
/** Kubo looks at a pin that it waits for this often. */ const POLLS_PER_SECOND = 2;
/** So many seconds' worth may be spent in one go. */ const BURST_SECONDS = 30;
export class RequestRate {
    constructor(config, rates){
        this.rates = rates;
        this.rule = ruleOf(config.values.PIN_REQUESTS_PER_SECOND);
    }
    /** @throws TooManyRequests */ async canActivate(context) {
        const { caller, method, params } = context.switchToHttp().getRequest();
        if (this.rule.perSecond === 0 || !caller) return true;
        const { taken, left, nextAt, waitMs, fullAt } = await this.rates.take(`pins:${caller.keyId}`, this.rule);
        void context.switchToHttp().getResponse().headers({
            'x-ratelimit-limit': String(this.rule.burst),
            'x-ratelimit-remaining': String(left),
            'x-ratelimit-reset': String(Math.ceil((left === 0 ? nextAt : fullAt) / 1000))
        });
        if (taken) return true;
        const polling = method === 'GET' && params?.requestid !== undefined;
        if (polling && (await this.rates.take(`polls:${caller.keyId}`, ruleOf(POLLS_PER_SECOND))).taken) return true;
        throw new TooManyRequests(this.rule.perSecond, waitMs);
    }
}
RequestRate = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof Rates === "undefined" ? Object : Rates
    ])
], RequestRate);
function ruleOf(perSecond) {
    return {
        perSecond,
        burst: perSecond * BURST_SECONDS
    };
}
export class DelegatesKnown {
    constructor(presenter){
        this.presenter = presenter;
    }
    async canActivate() {
        return (await this.presenter.addresses()).length > 0;
    }
}
DelegatesKnown = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinPresenter === "undefined" ? Object : PinPresenter
    ])
], DelegatesKnown);

//# sourceMappingURL=pin-requests.guard.js.map
