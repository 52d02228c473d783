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
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Inject, Injectable, Optional } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { rootFacts } from '../../ipld/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { ColdDags } from './cold-dags.port.js';
export class PinHotDag {
    constructor(leases, dags, blocks){
        this.leases = leases;
        this.dags = dags;
        this.blocks = blocks;
    }
    /**
   * False when this node does not have all of it hot.
   * @throws PinLeaseLost when the pin was removed or claimed meanwhile; QuotaExceeded
   */ async run(claim) {
        const root = CID.parse(claim.pin.cidV1);
        const stored = await this.dags.find(root);
        if (!stored?.hot) return false;
        const bytes = await this.blocks.get(root);
        const options = contentOf(claim, this.leases, {
            blocks: stored.blocks,
            bytes: stored.size,
            sources: 0
        });
        return await this.dags.addReference(root, {
            ...options,
            type: bytes ? rootFacts(root, bytes).type : 'unknown'
        }) !== null;
    }
}
PinHotDag = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinLeases === "undefined" ? Object : PinLeases,
        typeof DagStore === "undefined" ? Object : DagStore,
        typeof HotBlocks === "undefined" ? Object : HotBlocks
    ])
], PinHotDag);
export class PinStoredDag {
    constructor(pinHotDag, dags, coldDags = null){
        this.pinHotDag = pinHotDag;
        this.dags = dags;
        this.coldDags = coldDags;
    }
    /**
   * False when the platform does not have it, or cannot restore it: then the network may have it still.
   * @throws PinLeaseLost
   */ async run(task) {
        if (await this.pinHotDag.run(task.claim)) return true;
        return await this.restore(task) && await this.pinHotDag.run(task.claim);
    }
    /** A transfer like any other, but for its time: how long miners may take is known to those who ask them. */ async restore(task) {
        const root = CID.parse(task.claim.pin.cidV1);
        if (!this.coldDags || !await this.dags.find(root)) return false;
        await task.waitForSlot();
        try {
            return await task.withoutTimeout(this.coldDags.restore(root, task.signal));
        } catch  {
            task.signal.throwIfAborted();
            return false;
        }
    }
}
PinStoredDag = _ts_decorate([
    Injectable(),
    _ts_param(2, Optional()),
    _ts_param(2, Inject(ColdDags)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinHotDag === "undefined" ? Object : PinHotDag,
        typeof DagStore === "undefined" ? Object : DagStore,
        Object
    ])
], PinStoredDag);
/** How a pin's content is stored: the pin is pinned in the transaction that stores it, or neither happens. */ export function contentOf({ pin, leaseNumber }, leases, progress) {
    return {
        userId: pin.userId,
        cid: pin.cid,
        name: pin.name ?? pin.cid,
        type: 'unknown',
        profile: 'pin',
        pinRequestId: pin.requestId,
        within: (tx, contentId)=>leases.pinned(tx, {
                pin,
                leaseNumber
            }, contentId, progress)
    };
}

//# sourceMappingURL=pin-stored-dag.js.map
