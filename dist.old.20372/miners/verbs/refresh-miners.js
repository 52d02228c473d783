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
import PQueue from 'p-queue';
import { ChainCallFailed, ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, minerId } from '../../shared/index.js';
import { httpUrlOf } from '../domain/miner.js';
import { AskNotAnswered, MinerNotFound } from '../domain/miners.errors.js';
import { AskSource } from '../ports/ask-source.port.js';
import { MinerStore } from '../ports/miner-store.port.js';
const AT_ONCE = 8;
/** Strangers may have a miner asked: what it said, or that it said nothing, is not asked again before. */ const FRESH_MS = 30_000;
export class RefreshMiner {
    constructor(chain, asks, miners, clock){
        this.chain = chain;
        this.asks = asks;
        this.miners = miners;
        this.clock = clock;
        this.asked = new LRUCache({
            max: 10_000,
            ttl: FRESH_MS,
            ttlResolution: 0,
            perf: {
                now: ()=>clock.now().getTime()
            }
        });
    }
    /**
   * Looks a miner up on chain and asks for its price. Whether it told it: a miner that does not answer is noted as
   * such, and is no failure of ours.
   * @throws ChainCallFailed when the chain does not know it, ChainUnavailable
   */ async run(address, signal) {
        const { peerId, addresses, owner, worker } = await this.chain.miner(address, signal);
        await this.miners.record({
            address,
            peerId,
            addresses,
            owner,
            worker,
            httpUrl: httpUrlOf(addresses)
        });
        try {
            await this.miners.heardAsk(address, await this.asks.ask(address, signal), this.clock.now());
            return true;
        } catch (error) {
            if (!(error instanceof AskNotAnswered)) throw error;
            await this.miners.missedAsk(address, error.message, this.clock.now());
            return false;
        }
    }
    /**
   * A miner's price, at most half a minute old: however many ask, a miner is asked once in that time, also when it does
   * not answer. Only of miners on record: strangers cannot make us dial whom they like.
   * @throws MinerNotFound, AskNotAnswered
   */ async ask(address) {
        const miner = await this.miners.find(address);
        if (!miner) throw new MinerNotFound(`no record of miner ${address}`);
        // What another process heard counts, too.
        if (miner.ask && miner.askError === null && this.clock.now().getTime() - miner.ask.seenAt.getTime() < FRESH_MS) return miner.ask;
        const known = this.asked.get(address);
        if (known) return known;
        const asking = this.askNow(address);
        this.asked.set(address, asking);
        return asking;
    }
    async askNow(address) {
        try {
            const ask = await this.asks.ask(address);
            await this.miners.heardAsk(address, ask, this.clock.now());
            return ask;
        } catch (error) {
            // That our own node was away says nothing of the miner.
            if (!(error instanceof AskNotAnswered)) this.asked.delete(address);
            throw error;
        }
    }
}
RefreshMiner = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof ChainSource === "undefined" ? Object : ChainSource,
        typeof AskSource === "undefined" ? Object : AskSource,
        typeof MinerStore === "undefined" ? Object : MinerStore,
        typeof Clock === "undefined" ? Object : Clock
    ])
], RefreshMiner);
export class RefreshMiners {
    constructor(chain, miners, refreshMiner, config, logger){
        this.chain = chain;
        this.miners = miners;
        this.refreshMiner = refreshMiner;
        this.config = config;
        this.logger = logger;
    }
    /** @throws ChainUnavailable when the node cannot be asked: what one miner does or does not is never thrown. */ async run(signal) {
        const found = await this.whom(signal);
        const queue = new PQueue({
            concurrency: AT_ONCE
        });
        const answers = await queue.addAll(found.map((address)=>async ()=>{
                signal?.throwIfAborted();
                return this.one(address, signal);
            }));
        return {
            miners: found.length,
            answered: answers.filter(Boolean).length
        };
    }
    async whom(signal) {
        const { MINERS_ALLOW, MINERS_DISCOVER_LIMIT } = this.config.values;
        if (MINERS_ALLOW.length > 0) return MINERS_ALLOW.map(minerId);
        const known = (await this.miners.list()).map(({ address })=>address);
        const listed = await this.chain.listMiners(signal);
        if (listed.length > MINERS_DISCOVER_LIMIT) {
            this.logger.warn({
                listed: listed.length,
                known: known.length
            }, 'the chain has more miners than MINERS_DISCOVER_LIMIT: only known ones are looked at; name some in MINERS_ALLOW or add them');
            return known;
        }
        return [
            ...new Set([
                ...listed,
                ...known
            ])
        ];
    }
    async one(address, signal) {
        try {
            return await this.refreshMiner.run(address, signal);
        } catch (error) {
            if (!(error instanceof ChainCallFailed)) throw error;
            this.logger.warn({
                miner: address,
                error: error.message
            }, 'the chain does not tell about a miner');
            return false;
        }
    }
}
RefreshMiners = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof ChainSource === "undefined" ? Object : ChainSource,
        typeof MinerStore === "undefined" ? Object : MinerStore,
        typeof RefreshMiner === "undefined" ? Object : RefreshMiner,
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof AppLogger === "undefined" ? Object : AppLogger
    ])
], RefreshMiners);

//# sourceMappingURL=refresh-miners.js.map
