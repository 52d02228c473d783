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
import { Clock } from '../../shared/index.js';
import { breakerState } from '../domain/breaker.js';
import { drawMiners } from '../domain/draw-miners.js';
import { unfitReason } from '../domain/fitness.js';
import { MinerStore } from '../ports/miner-store.port.js';
export class Random {
    /** Uniform in [0, 1). */ next() {
        return Math.random();
    }
}
Random = _ts_decorate([
    Injectable()
], Random);
const LEAST_ASK_FRESH_MS = 30 * 60_000;
const ROUNDS_MISSED = 5;
export class ChooseMiners {
    constructor(miners, random, config, clock){
        this.miners = miners;
        this.random = random;
        this.config = config;
        this.clock = clock;
    }
    /**
   * Never throws for want of miners: `chosen` is short then. Takes the one try of a failing miner whose pause is over,
   * unless it is a rehearsal.
   */ async run(wanted) {
        const { MINERS_ALLOW, MINERS_EXPLORATION, MINERS_REFRESH_SECONDS } = this.config.values;
        const now = this.clock.now();
        const askFreshMs = Math.max(LEAST_ASK_FRESH_MS, ROUNDS_MISSED * MINERS_REFRESH_SECONDS * 1000);
        const all = await this.miners.list();
        const judged = all.map((miner)=>({
                miner,
                reason: unfitReason(miner, wanted, {
                    now,
                    askFreshMs,
                    allowed: MINERS_ALLOW
                })
            }));
        const fit = judged.filter(({ reason })=>reason === null).map(({ miner })=>miner);
        const order = drawMiners(fit, all, {
            exploration: MINERS_EXPLORATION,
            random: ()=>this.random.next(),
            now,
            inFlight: wanted.inFlight
        });
        const unfit = judged.flatMap(({ miner, reason })=>reason === null ? [] : [
                {
                    miner: miner.address,
                    reason
                }
            ]);
        const chosen = [];
        for (const miner of order){
            if (chosen.length >= wanted.count) break;
            if (miner.ask === null) continue;
            if (await this.mayAsk(miner, now, wanted.rehearsal ?? false)) chosen.push({
                miner: miner.address,
                ask: miner.ask
            });
            else unfit.push({
                miner: miner.address,
                reason: 'failed several times in a row; another deal is trying it now'
            });
        }
        return {
            chosen,
            unfit
        };
    }
    /** A miner whose pause is over gets one deal to prove itself with, not a flood. */ async mayAsk(miner, now, rehearsal) {
        if (rehearsal || breakerState(miner.breaker, now) !== 'half-open') return true;
        return this.miners.claimProbe(miner.address, now, new Date(now.getTime() + this.config.values.MINERS_BREAKER_SECONDS * 1000));
    }
}
ChooseMiners = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerStore === "undefined" ? Object : MinerStore,
        typeof Random === "undefined" ? Object : Random,
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof Clock === "undefined" ? Object : Clock
    ])
], ChooseMiners);

//# sourceMappingURL=choose-miners.js.map
