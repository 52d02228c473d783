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
import { FindHolders } from '../../deals/index.js';
import { MinerRegistry } from '../../miners/index.js';
export class HolderDirectory {
    constructor(findHolders, minerRegistry){
        this.findHolders = findHolders;
        this.minerRegistry = minerRegistry;
    }
    /** The parts of the DAG in order, each with its holders, best first. Empty when no piece contains it. */ async find(root) {
        const runs = (await this.findHolders.run(root))?.runs ?? [];
        const miners = new Set(runs.flatMap((run)=>run.holders.map(({ miner })=>miner)));
        const urls = new Map(await Promise.all([
            ...miners
        ].map(async (miner)=>[
                miner,
                await this.httpUrlOf(miner)
            ])));
        return runs.map((run)=>partOf(run, urls));
    }
    /** Base URL of a miner's HTTP endpoint, or null when it has none. */ async httpUrlOf(miner) {
        return this.minerRegistry.httpUrlOf(miner);
    }
}
HolderDirectory = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FindHolders === "undefined" ? Object : FindHolders,
        typeof MinerRegistry === "undefined" ? Object : MinerRegistry
    ])
], HolderDirectory);
function partOf({ seq, pieceCid, offset, length, holders }, urls) {
    return {
        seq,
        pieceCid,
        offset,
        length,
        holders: holders.map(({ miner, state })=>({
                miner,
                httpUrl: urls.get(miner) ?? null,
                sealed: state !== 'published'
            }))
    };
}

//# sourceMappingURL=holder-directory.js.map
