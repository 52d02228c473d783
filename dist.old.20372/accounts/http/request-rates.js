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
import { TooManyRequests } from '../../platform/http/index.js';
import { Rates } from '../../platform/rates/index.js';
/** So much of every rate may come at once. */ const BURST_SECONDS = 30;
export class RequestRates {
    constructor(rates, { values }){
        this.rates = rates;
        this.keys = ruleOf(values.KEY_REQUESTS_PER_SECOND);
        this.accounts = ruleOf(values.ACCOUNT_REQUESTS_PER_SECOND);
        this.addresses = ruleOf(values.ADDRESS_REQUESTS_PER_SECOND);
    }
    /** Counts a request with a good key. @throws TooManyRequests */ async passCaller({ keyId, userId }) {
        await this.pass(`key:${keyId}`, this.keys, 'this key');
        await this.pass(`account:${userId}`, this.accounts, 'this account');
    }
    /** Counts one without. @throws TooManyRequests */ async passAddress(subject) {
        await this.pass(subject, this.addresses, 'this address');
    }
    /** Makes what an address did dearer, as far as it has anything left. */ async charge(subject, cost) {
        if (this.addresses.perSecond === 0) return;
        const { taken, left } = await this.rates.take(subject, this.addresses, cost);
        if (!taken && left > 0) await this.rates.take(subject, this.addresses, left);
    }
    async pass(subject, rule, who) {
        if (rule.perSecond === 0) return;
        const verdict = this.rates.take(subject, rule);
        const { taken, waitMs } = verdict instanceof Promise ? await verdict : verdict;
        if (!taken) throw new TooManyRequests(`${who} may send ${rule.perSecond} requests a second`, waitMs);
    }
}
RequestRates = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Rates === "undefined" ? Object : Rates,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], RequestRates);
function ruleOf(perSecond) {
    return {
        perSecond,
        burst: perSecond * BURST_SECONDS
    };
}

//# sourceMappingURL=request-rates.js.map
