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
import { NoIpfsNode } from '../pinning.errors.js';
import { IpfsNodeRegistry } from '../../network/index.js';
/** Delegates are read again when they are older than this. */ const DELEGATES_AGE_MS = 5_000;
/** The specification's most. */ const MOST_DELEGATES = 20;
export class PinPresenter {
    constructor(registry){
        this.registry = registry;
        /** What was read last, for when it cannot be read. */ this.last = [];
    }
    /** @throws NoIpfsNode */ async one(pin) {
        return view(pin, await this.addresses());
    }
    /** The specification's PinResults. @throws NoIpfsNode */ async page({ count, pins }) {
        return {
            count,
            results: await this.all(pins)
        };
    }
    /** In the order given. @throws NoIpfsNode */ async all(pins) {
        const delegates = await this.addresses();
        return pins.map((pin)=>view(pin, delegates));
    }
    /** For who has asked for the addresses already. */ view(pin, delegates) {
        return view(pin, delegates);
    }
    /** At least one, as the specification has it. @throws NoIpfsNode */ async addresses() {
        const addresses = await this.recent();
        if (addresses.length === 0) {
            this.delegates = undefined;
            throw new NoIpfsNode();
        }
        return addresses;
    }
    recent() {
        const now = performance.now();
        if (!this.delegates || now - this.delegates.at > DELEGATES_AGE_MS) this.delegates = {
            at: now,
            addresses: this.read()
        };
        return this.delegates.addresses;
    }
    /** What was known last is better than none. */ async read() {
        try {
            this.last = [
                ...new Set(await this.registry.addresses())
            ].slice(0, MOST_DELEGATES);
        } catch  {
            return this.last;
        }
        return this.last;
    }
}
PinPresenter = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof IpfsNodeRegistry === "undefined" ? Object : IpfsNodeRegistry
    ])
], PinPresenter);
function view(pin, delegates) {
    return {
        requestid: pin.requestId,
        status: pin.status,
        created: pin.createdAt.toISOString(),
        pin: {
            cid: pin.cid,
            ...pin.name === null ? {} : {
                name: pin.name
            },
            origins: pin.origins,
            meta: pin.meta
        },
        delegates,
        info: infoOf(pin)
    };
}
/** Strings by string, as the specification has it; `dag_size` and `status_details` are its own words. */ function infoOf({ progress, reason, contentId, status }) {
    return {
        ...reason === null || status === 'pinned' ? {} : {
            status_details: reason
        },
        ...progress ? {
            blocks: String(progress.blocks),
            bytes: String(progress.bytes),
            sources: String(progress.sources)
        } : {},
        ...progress && status === 'pinned' ? {
            dag_size: String(progress.bytes)
        } : {},
        ...contentId === null ? {} : {
            content: contentId
        }
    };
}

//# sourceMappingURL=pin.presenter.js.map
