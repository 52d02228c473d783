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
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { InvalidLimit } from '../domain/accounts.errors.js';
import { MAX_ATTO, MAX_DEAL_DURATION, MAX_PIN_WEIGHT, MAX_PINS_QUOTA, MAX_REPLICATION, NO_LIMITS } from '../domain/limits.js';
import { LimitStore } from '../ports/limit-store.port.js';
/** How long another process may go on with limits that an operator has changed. */ const REMEMBER_MS = 2_000;
const WEIGHTS = 'weights';
export class AccountLimits {
    constructor(store, config, clock){
        this.store = store;
        this.defaults = defaultsOf(config);
        const lasting = {
            ttl: REMEMBER_MS,
            ttlResolution: 0,
            perf: {
                now: ()=>clock.now().getTime()
            }
        };
        this.known = new LRUCache({
            max: 10_000,
            ...lasting,
            fetchMethod: async (user)=>this.withDefaults(await this.store.find(user))
        });
        this.heavy = new LRUCache({
            max: 1,
            ...lasting,
            fetchMethod: ()=>this.store.weights()
        });
    }
    /** The account's own where an operator has set some, the platform's otherwise. */ async of(user) {
        return await this.known.fetch(user) ?? this.defaults;
    }
    /** Not from memory: for pages of many accounts. */ async ofMany(users) {
        const set = await this.store.ofMany(users);
        return new Map(users.map((user)=>[
                user,
                this.withDefaults(set.get(user) ?? null)
            ]));
    }
    /** Shares of the pin queue that differ from 1. */ async weights() {
        return await this.heavy.fetch(WEIGHTS) ?? new Map();
    }
    /**
   * An operator says what an account may have: what is not named stays, null takes the account's own quota away (the
   * platform's default holds then). This process sees the change at once, others within two seconds. Resolves to what
   * is set for the account itself.
   * @throws InvalidLimit
   */ async set(user, change) {
        assertWithin('pinWeight', change.pinWeight, 1, MAX_PIN_WEIGHT);
        assertWithin('bytesQuota', change.bytesQuota, 0, Number.MAX_SAFE_INTEGER);
        assertWithin('pinsQuota', change.pinsQuota, 0, MAX_PINS_QUOTA);
        assertWithin('replicationCap', change.replicationCap, 1, MAX_REPLICATION);
        assertWithin('durationCap', change.durationCap, 1, MAX_DEAL_DURATION);
        assertWithin('dataCapPerDay', change.dataCapPerDay, 0, Number.MAX_SAFE_INTEGER);
        assertAtto('priceCap', change.priceCap);
        assertAtto('verifiedPriceCap', change.verifiedPriceCap);
        assertAtto('spendPerDay', change.spendPerDay);
        const limits = await this.store.set(user, change);
        this.forget(user);
        return limits;
    }
    forget(user) {
        this.known.delete(user);
        this.heavy.clear();
    }
    withDefaults(set) {
        if (!set) return this.defaults;
        const own = Object.entries(set).filter(([, value])=>value !== null);
        return {
            ...this.defaults,
            ...Object.fromEntries(own)
        };
    }
}
AccountLimits = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof LimitStore === "undefined" ? Object : LimitStore,
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof Clock === "undefined" ? Object : Clock
    ])
], AccountLimits);
/** What holds where an operator has set nothing: quotas may be missing, caps on deals never are. */ function defaultsOf({ values }) {
    return {
        ...NO_LIMITS,
        bytesQuota: values.ACCOUNT_BYTES_QUOTA ?? null,
        pinsQuota: values.ACCOUNT_PINS_QUOTA ?? null,
        replicationCap: values.DEALS_REPLICATION_CAP ?? values.DEALS_REPLICATION,
        durationCap: values.DEALS_DURATION_CAP ?? values.DEALS_DURATION,
        priceCap: values.DEALS_MAX_PRICE,
        verifiedPriceCap: values.DEALS_MAX_VERIFIED_PRICE,
        dataCapPerDay: values.ACCOUNT_DATACAP_PER_DAY ?? null,
        spendPerDay: values.ACCOUNT_SPEND_PER_DAY ?? null
    };
}
function assertWithin(name, value, least, most) {
    if (value === null || value === undefined) return;
    if (!Number.isInteger(value) || value < least || value > most) throw new InvalidLimit(`${name}: a whole number from ${least} to ${most}`, {
        details: {
            fields: [
                name
            ]
        }
    });
}
function assertAtto(name, value) {
    if (value !== null && value !== undefined && (value < 0n || value >= MAX_ATTO)) throw new InvalidLimit(`${name}: attoFIL, at most 30 digits`, {
        details: {
            fields: [
                name
            ]
        }
    });
}

//# sourceMappingURL=account-limits.js.map
