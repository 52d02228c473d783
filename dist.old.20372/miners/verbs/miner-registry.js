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
import { ChainCallFailed } from '../../chain/index.js';
import { MinerNotFound, NoSuchMiner } from '../domain/miners.errors.js';
import { MinerStore } from '../ports/miner-store.port.js';
import { RefreshMiner } from './refresh-miners.js';
export class MinerRegistry {
    constructor(miners, refreshMiner){
        this.miners = miners;
        this.refreshMiner = refreshMiner;
    }
    /** By address, each with its newest ask and what the chain says about it. */ async list() {
        return this.miners.list();
    }
    /** @throws MinerNotFound */ async find(address) {
        const miner = await this.miners.find(address);
        if (!miner) throw new MinerNotFound(`no record of miner ${address}`);
        return miner;
    }
    /**
   * Base URL of a miner's HTTP retrieval endpoint, without a slash at the end; null when it announces none, or is not
   * on record.
   */ async httpUrlOf(address) {
        return (await this.miners.find(address))?.httpUrl ?? null;
    }
    /**
   * Makes a miner known, as the chain has it. Doing it again changes its name at most.
   * @throws NoSuchMiner when the chain does not know it
   */ async add(address, name, signal) {
        try {
            await this.refreshMiner.run(address, signal);
        } catch (error) {
            if (error instanceof ChainCallFailed) throw new NoSuchMiner(`the chain knows no miner ${address}`, {
                cause: error
            });
            throw error;
        }
        if (name !== undefined) await this.miners.rename(address, name);
    }
    /** The name under which people see a miner. @throws MinerNotFound */ async rename(address, name) {
        assertKnown(address, await this.miners.rename(address, name));
    }
    /**
   * No new deals with this miner; those that live stay. `until` null: until somebody lifts it. Announced.
   * @throws MinerNotFound
   */ async suspend(address, reason, until) {
        assertKnown(address, await this.miners.suspend(address, reason, until));
    }
    /** New deals with this miner are welcome again. Announced. @throws MinerNotFound */ async unsuspend(address) {
        assertKnown(address, await this.miners.unsuspend(address));
    }
}
MinerRegistry = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerStore === "undefined" ? Object : MinerStore,
        typeof RefreshMiner === "undefined" ? Object : RefreshMiner
    ])
], MinerRegistry);
function assertKnown(address, known) {
    if (!known) throw new MinerNotFound(`no record of miner ${address}`);
}

//# sourceMappingURL=miner-registry.js.map
