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
import { AccountLimits } from '../../accounts/index.js';
import { AccountQuota } from '../../content/index.js';
import { Notifications } from '../../platform/notifications/index.js';
import { canonicalCid } from '../../shared/index.js';
import { HotBlocks } from '../../storage/index.js';
import { PinHotDag } from '../fetch/pin-stored-dag.js';
import { BytesUsedUp, PinExists, PinNotFound, PinQuotaUsedUp } from '../pinning.errors.js';
import { PINS_DUE_CHANNEL } from '../pinning.events.js';
import { PinStore } from './pin-store.port.js';
export class RequestPins {
    constructor(pins, pinHotDag, blocks, limits, quota, notifications){
        this.pins = pins;
        this.pinHotDag = pinHotDag;
        this.blocks = blocks;
        this.limits = limits;
        this.quota = quota;
        this.notifications = notifications;
    }
    /**
   * One pin; durable when it is answered.
   * @throws PinNotFound when there is no such pin to replace; PinExists; PinQuotaUsedUp, BytesUsedUp
   */ async run({ userId, spec, replaces, ignoreDupes }) {
        const root = CID.parse(spec.cid);
        const row = {
            ...spec,
            userId,
            cidV1: canonicalCid(root),
            most: await this.pinsAllowed(userId)
        };
        if (ignoreDupes) await this.refuseDuplicate(userId, row.cidV1);
        const pin = replaces === undefined ? await this.pins.add(row) : await this.pins.replace(replaces, row);
        if (!pin) throw new PinNotFound(replaces ?? '');
        if (await this.pinAtOnce(root, pin)) return await this.pins.find(userId, pin.requestId) ?? pin;
        this.notifications.notify(PINS_DUE_CHANNEL);
        return pin;
    }
    /**
   * Many in one transaction, answered in the order of the specs. Those that are hot here already are pinned by the
   * worker like all others: no request waits for 10,000 look-ups.
   */ async runMany(userId, specs) {
        if (specs.length === 0) return [];
        let most;
        try {
            most = await this.pinsAllowed(userId);
        } catch (error) {
            if (error instanceof BytesUsedUp) return specs.map(()=>error);
            throw error;
        }
        const pins = await this.pins.addAll(specs.map((spec)=>({
                ...spec,
                userId,
                cidV1: canonicalCid(CID.parse(spec.cid)),
                most
            })));
        this.notifications.notify(PINS_DUE_CHANNEL);
        return pins.map((pin)=>pin ?? new PinQuotaUsedUp());
    }
    /**
   * How many pins the account may have; null: no quota. The store keeps it to that, however many requests come at once.
   * @throws BytesUsedUp when no byte is left: a pin could only fail. What a pin weighs is not known yet, so one that is
   * too large for what is left fails later.
   */ async pinsAllowed(userId) {
        if (await this.quota.left(userId) === 0) throw new BytesUsedUp();
        return (await this.limits.of(userId)).pinsQuota;
    }
    async refuseDuplicate(userId, cidV1) {
        const { pins: [known] } = await this.pins.list(userId, {
            cids: [
                cidV1
            ],
            statuses: [
                'queued',
                'pinning',
                'pinned'
            ],
            limit: 1
        });
        if (known) throw new PinExists(`this account has ${known.cid} already, as pin ${known.requestId}`, {
            details: {
                requestId: known.requestId,
                cid: known.cid
            }
        });
    }
    /** A failure here is no failure of the request: the worker tries the same again, and names it. */ async pinAtOnce(root, pin) {
        try {
            // A look into memory, which spares most pins the look into the database.
            return await this.blocks.has(root) && await this.pinHotDag.run({
                pin,
                leaseNumber: pin.leaseNumber
            });
        } catch  {
            return false;
        }
    }
}
RequestPins = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinStore === "undefined" ? Object : PinStore,
        typeof PinHotDag === "undefined" ? Object : PinHotDag,
        typeof HotBlocks === "undefined" ? Object : HotBlocks,
        typeof AccountLimits === "undefined" ? Object : AccountLimits,
        typeof AccountQuota === "undefined" ? Object : AccountQuota,
        typeof Notifications === "undefined" ? Object : Notifications
    ])
], RequestPins);

//# sourceMappingURL=request-pins.js.map
