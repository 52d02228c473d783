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
import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { CachedFact } from '../domain/cached-fact.js';
import { EpochClock } from '../domain/epoch-clock.js';
import { ChainSource } from '../ports/chain-source.port.js';
/** The head is read again after one epoch, and at least this often. */ const HEAD_FRESH_MS = 5_000;
/** A head older than this misleads; then the node's failure is the better answer. */ const HEAD_KEEP_MS = 60_000;
/** How long a page waits for the chain's clock, which is nearly always at hand. */ const PAGE_WAIT_MS = 500;
/** Does not change while a network lives. */ const TIMING = {
    freshMs: Infinity,
    keepMs: Infinity
};
const WALLET = {
    freshMs: 10_000,
    keepMs: 300_000
};
const VERSION = {
    freshMs: 300_000,
    keepMs: 3_600_000
};
export class ChainFacts {
    constructor(source, config, clock){
        this.source = source;
        this.config = config;
        this.clock = clock;
        this.wallets = new CachedFact(()=>source.wallet(), WALLET, clock);
        this.timings = new CachedFact(()=>source.timing(), TIMING, clock);
        this.since = clock.now();
        this.versions = new CachedFact(()=>source.version(), VERSION, clock);
    }
    /** @throws ChainUnavailable when the node cannot be asked and no head of the last minute is known. */ async head() {
        return (await this.headFact()).get();
    }
    /** Whether the node answers now. @throws ChainUnavailable */ async assertAnswering() {
        await (await this.headFact()).fresh();
    }
    /** Dates of epochs, as of the head. @throws ChainUnavailable */ async epochClock() {
        const [head, timing] = await Promise.all([
            this.head(),
            this.timings.get()
        ]);
        return new EpochClock(head.value, timing.value.blockDelaySeconds);
    }
    /**
   * The same for a page, which is better without dates than not there: null while the chain cannot be asked, or is
   * slower than `waitMs`.
   */ async epochClockOrNull(waitMs = PAGE_WAIT_MS) {
        const answered = new AbortController();
        const late = setTimeout(waitMs, null, {
            signal: answered.signal
        }).catch(()=>null);
        try {
            return await Promise.race([
                this.epochClock().catch(()=>null),
                late
            ]);
        } finally{
            answered.abort();
        }
    }
    /** Not cached: deals are decided by it. */ async marketDeal(chainDealId, signal) {
        return this.source.marketDeal(chainDealId, signal);
    }
    /** The client's wallet, at most five minutes old. @throws ChainUnavailable */ async wallet() {
        return this.wallets.get();
    }
    /** Of the node's software. */ async nodeVersion() {
        return this.versions.get();
    }
    /**
   * The price that an operator wrote into FIL_USD, as old as this process; null when nobody knows: no number is better
   * than a made-up one.
   */ filPrice() {
        const usd = this.config.values.FIL_USD;
        const ageMs = this.clock.now().getTime() - this.since.getTime();
        return usd === undefined ? null : {
            usd,
            source: 'FIL_USD (set by the operator)',
            at: this.since,
            ageMs
        };
    }
    async headFact() {
        this.heads ??= this.timings.get().then(({ value: { blockDelaySeconds } })=>new CachedFact(()=>this.source.head(), {
                freshMs: Math.min(blockDelaySeconds * 1000, HEAD_FRESH_MS),
                keepMs: HEAD_KEEP_MS
            }, this.clock)).catch((error)=>{
            this.heads = undefined;
            throw error;
        });
        return this.heads;
    }
}
ChainFacts = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof ChainSource === "undefined" ? Object : ChainSource,
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof Clock === "undefined" ? Object : Clock
    ])
], ChainFacts);

//# sourceMappingURL=chain-facts.js.map
