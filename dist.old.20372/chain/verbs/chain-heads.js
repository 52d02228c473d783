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
import { Clock } from '../../shared/index.js';
import { isFreshHead } from '../domain/fresh-head.js';
import { ChainSource } from '../ports/chain-source.port.js';
export class ChainHeads {
    constructor(source, clock){
        this.source = source;
        this.clock = clock;
        this.highest = 0;
    }
    /** @throws ChainUnavailable */ async read(signal) {
        const head = await this.source.head(signal);
        const fresh = isFreshHead(head, this.highest, this.clock.now());
        if (fresh) this.highest = Math.max(this.highest, head.height);
        return {
            ...head,
            fresh
        };
    }
    /** Deals as that head has them: see ChainSource.marketDeals. @throws ChainUnavailable */ async deals(ids, signal) {
        return this.source.marketDeals(ids, signal);
    }
}
ChainHeads = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof ChainSource === "undefined" ? Object : ChainSource,
        typeof Clock === "undefined" ? Object : Clock
    ])
], ChainHeads);

//# sourceMappingURL=chain-heads.js.map
