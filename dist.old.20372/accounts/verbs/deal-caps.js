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
import { paddedPieceSize, pricePerEpoch } from '../../shared/index.js';
import { DealBudgetExceeded, DealTermsAboveCap } from '../domain/accounts.errors.js';
import { UsageRegistry } from '../domain/usage-registry.js';
import { AccountLimits } from './account-limits.js';
export class DealCaps {
    constructor(limits, usage, config){
        this.limits = limits;
        this.usage = usage;
        this.config = config;
    }
    /** The caps of this caller as they are now. */ async of(caller) {
        if (caller.scope === 'admin') return NO_CAPS;
        const limits = await this.limits.of(caller.userId);
        return {
            assertAllowed: (terms)=>this.assertAllowed(limits, terms),
            assertRaised: (raised, verified)=>refuseAbove(aboveCaps(limits, raised, verified)),
            assertAffordable: (terms, bytes)=>this.assertAffordable(caller, limits, terms, bytes)
        };
    }
    assertAllowed(limits, terms) {
        if (terms === undefined) return;
        const { DEALS_VERIFIED } = this.config.values;
        const verified = terms.verified ?? DEALS_VERIFIED;
        const maxPrice = terms.maxPrice === undefined ? undefined : BigInt(terms.maxPrice);
        const above = aboveCaps(limits, {
            ...terms,
            maxPrice
        }, verified);
        // DataCap, or money where the platform pays with DataCap: only who was given some of it may choose.
        if (verified !== DEALS_VERIFIED && !mayChoose(limits, verified)) above['verified'] = {
            asked: String(verified),
            cap: String(DEALS_VERIFIED)
        };
        refuseAbove(above);
    }
    async assertAffordable({ userId }, limits, terms, bytes) {
        if (terms === undefined || limits.spendPerDay === null && limits.dataCapPerDay === null) return;
        const { DEALS_REPLICATION, DEALS_DURATION, DEALS_VERIFIED } = this.config.values;
        const verified = terms.verified ?? DEALS_VERIFIED;
        const copies = BigInt(terms.replication ?? DEALS_REPLICATION);
        const pieceSize = paddedPieceSize(BigInt(bytes));
        const price = terms.maxPrice === undefined ? priceCap(limits, verified) ?? 0n : BigInt(terms.maxPrice);
        const cost = copies * pricePerEpoch(price, pieceSize) * BigInt(terms.duration ?? DEALS_DURATION);
        const used = (await this.usage.of([
            userId
        ])).get(userId) ?? {};
        const spend = cost + (used.spendToday ?? 0n);
        if (limits.spendPerDay !== null && spend > limits.spendPerDay) throw exceeded('spendPerDay', limits.spendPerDay, used.spendToday ?? 0n, cost);
        const dataCap = copies * pieceSize + BigInt(used.dataCapToday ?? 0);
        if (verified && limits.dataCapPerDay !== null && dataCap > BigInt(limits.dataCapPerDay)) throw exceeded('dataCapPerDay', BigInt(limits.dataCapPerDay), BigInt(used.dataCapToday ?? 0), copies * pieceSize);
    }
}
DealCaps = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AccountLimits === "undefined" ? Object : AccountLimits,
        typeof UsageRegistry === "undefined" ? Object : UsageRegistry,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], DealCaps);
function aboveCaps(limits, asked, verified) {
    const above = {};
    const check = (name, value, cap)=>{
        if (value !== undefined && cap !== null && value > cap) above[name] = {
            asked: String(value),
            cap: String(cap)
        };
    };
    check('replication', asked.replication, limits.replicationCap);
    check('duration', asked.duration, limits.durationCap);
    check('maxPrice', asked.maxPrice, priceCap(limits, verified));
    return above;
}
/** @throws DealTermsAboveCap unless there is nothing above */ function refuseAbove(above) {
    const sentences = Object.entries(above).map(([name, { asked, cap }])=>`${name} ${asked} (at most ${cap})`);
    if (sentences.length > 0) throw new DealTermsAboveCap(`this account may not ask that much of deals: ${sentences.join(', ')}`, {
        details: {
            above
        }
    });
}
const NO_CAPS = {
    assertAllowed: ()=>undefined,
    assertRaised: ()=>undefined,
    assertAffordable: async ()=>undefined
};
/** It has been given DataCap, or money, of its own to choose with. */ function mayChoose({ dataCapPerDay, spendPerDay }, verified) {
    return verified ? (dataCapPerDay ?? 0) > 0 : (spendPerDay ?? 0n) > 0n;
}
/** attoFIL per GiB per epoch. */ function priceCap(limits, verified) {
    return verified ? limits.verifiedPriceCap : limits.priceCap;
}
function exceeded(cap, most, used, asked) {
    return new DealBudgetExceeded(`${cap}: deals on these terms may take ${asked}, and ${used} of ${most} are used within 24 hours`, {
        details: {
            cap,
            most: most.toString(),
            used: used.toString(),
            asked: asked.toString()
        }
    });
}

//# sourceMappingURL=deal-caps.js.map
