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
import { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { AccountQuota, incomingBytesLimit, QuotaExceeded } from '../../content/index.js';
import { rootFacts } from '../../ipld/index.js';
import { DagTooLarge, IpfsNode } from '../../network/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { contentOf } from './pin-stored-dag.js';
export class FetchDag {
    constructor(leases, node, dags, blocks, quota, config){
        this.leases = leases;
        this.node = node;
        this.dags = dags;
        this.blocks = blocks;
        this.quota = quota;
        this.config = config;
    }
    /**
   * @throws DagTooLarge, QuotaExceeded, UndecodableBlock, UnsupportedDag, and the reason for which the task was
   * stopped.
   */ async run(task) {
        const { userId, cidV1 } = task.claim.pin;
        const left = await this.quota.left(userId);
        if (left === 0) throw new QuotaExceeded(left);
        try {
            await this.transfer(CID.parse(cidV1), task, left);
        } catch (error) {
            if (error instanceof DagTooLarge && left !== null && Number(error.details.bytes) > left) throw new QuotaExceeded(left);
            throw error;
        }
    }
    async transfer(root, task, left) {
        const options = contentOf(task.claim, this.leases, task.progress);
        let intake;
        try {
            for await (const block of this.node.fetch(root, this.fetchOptions(task, left))){
                task.arrived(block.bytes.length);
                await task.waitForSlot();
                if (!intake) {
                    options.type = rootFacts(block.cid, block.bytes).type;
                    intake = await this.dags.begin('pin');
                }
                await intake.put(block.cid, block.bytes);
            }
            task.signal.throwIfAborted();
            await intake?.commit(root, options);
        } catch (error) {
            await intake?.abort();
            throw error;
        }
    }
    /** @param left - bytes that the account may still store; null: any number */ fetchOptions(task, left) {
        const { PIN_MAX_BYTES, PIN_MAX_BLOCKS, PIN_MAX_DEPTH } = this.config.values;
        return {
            origins: task.claim.pin.origins,
            signal: task.signal,
            have: (cid)=>this.blocks.get(cid),
            limits: {
                bytes: left === null ? PIN_MAX_BYTES : Math.min(PIN_MAX_BYTES, incomingBytesLimit(left)),
                blocks: PIN_MAX_BLOCKS,
                depth: PIN_MAX_DEPTH
            },
            onSources: (connected)=>task.connected(connected)
        };
    }
}
FetchDag = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinLeases === "undefined" ? Object : PinLeases,
        typeof IpfsNode === "undefined" ? Object : IpfsNode,
        typeof DagStore === "undefined" ? Object : DagStore,
        typeof HotBlocks === "undefined" ? Object : HotBlocks,
        typeof AccountQuota === "undefined" ? Object : AccountQuota,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], FetchDag);

//# sourceMappingURL=fetch-dag.js.map
