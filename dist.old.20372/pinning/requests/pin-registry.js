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
import { Inject, Injectable } from '@nestjs/common';
import { ContentNotFound, DeleteContent } from '../../content/index.js';
import { PinNotFound } from '../pinning.errors.js';
import { PinStore } from './pin-store.port.js';
export class PinRegistry {
    constructor(pins, deleteContent){
        this.pins = pins;
        this.deleteContent = deleteContent;
    }
    /** @throws PinNotFound, also for another account's. */ async find(userId, requestId) {
        const pin = await this.pins.find(userId, requestId);
        if (!pin) throw new PinNotFound(requestId);
        return pin;
    }
    /**
   * The caller's pins of certain request ids and contents, to be looked up by either; ids that are not there are left
   * out.
   */ async findMany(userId, ids) {
        const found = await this.pins.findAll(userId, ids);
        return {
            byRequest: new Map(found.map((pin)=>[
                    pin.requestId,
                    pin
                ])),
            byContent: new Map(found.flatMap((pin)=>pin.contentId === null ? [] : [
                    [
                        pin.contentId,
                        pin
                    ]
                ]))
        };
    }
    /** A page, newest first, and the number of all that match. */ list(userId, filter) {
        return this.pins.list(userId, filter);
    }
    /**
   * Unpins: from this moment there is no such pin, and whoever fetches it stops. Its content goes with it, before the
   * answer (Estuary's D14).
   * @throws PinNotFound
   */ async remove(userId, requestId) {
        const pin = await this.pins.remove(userId, requestId);
        if (!pin) throw new PinNotFound(requestId);
        await this.release(pin);
    }
    /**
   * Lets go the contents of up to so many removed pins, then forgets the pins. Cut off anywhere, it is taken up by the
   * next call.
   */ async releaseRemoved(limit) {
        for (const pin of (await this.pins.removed(limit)))await this.release(pin);
    }
    /** The content was deleted by other means: its pin goes too. Harmless twice. */ forgetContent(contentId) {
        return this.pins.removeOf(contentId);
    }
    /** A pin's reference is a content like any other, and ends like one. */ async release({ contentId, requestId }) {
        try {
            if (contentId !== null) await this.deleteContent.run(contentId);
        } catch (error) {
            if (!(error instanceof ContentNotFound)) throw error;
        }
        await this.pins.purge(requestId);
    }
}
PinRegistry = _ts_decorate([
    Injectable(),
    _ts_param(1, Inject(DeleteContent)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PinStore === "undefined" ? Object : PinStore,
        Object
    ])
], PinRegistry);

//# sourceMappingURL=pin-registry.js.map
