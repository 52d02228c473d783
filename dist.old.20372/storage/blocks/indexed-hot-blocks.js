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
import { blockKey, isIdentity } from '../../ipld/index.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { BlockIndex } from './block-index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
export class BufferedBlocks {
    add(blocks) {
        this.dags.add(blocks);
    }
    remove(blocks) {
        this.dags.delete(blocks);
    }
    find(cid) {
        const key = blockKey(cid);
        for (const blocks of this.dags){
            const block = blocks.get(key);
            if (block) return Buffer.concat(block.parts, block.length);
        }
        return null;
    }
    constructor(){
        this.dags = new Set();
    }
}
BufferedBlocks = _ts_decorate([
    Injectable()
], BufferedBlocks);
export class IndexedHotBlocks extends HotBlocks {
    constructor(index, cars, buffered){
        super(), this.index = index, this.cars = cars, this.buffered = buffered;
    }
    async get(cid) {
        if (isIdentity(cid)) return cid.multihash.digest;
        const place = this.index.find(cid);
        const bytes = place && await this.read(cid, place);
        return bytes ?? await this.getElsewhere(cid);
    }
    async has(cid) {
        return isIdentity(cid) || this.index.find(cid) !== null || this.buffered.find(cid) !== null;
    }
    async size(cid) {
        if (isIdentity(cid)) return cid.multihash.digest.length;
        return this.index.find(cid)?.length ?? this.buffered.find(cid)?.length ?? null;
    }
    /** The first place did not have it: another CAR may, or memory, or the index has just changed under us. */ async getElsewhere(cid) {
        for (const place of this.index.findAll(cid)){
            const bytes = await this.read(cid, place);
            if (bytes) return bytes;
        }
        return this.buffered.find(cid);
    }
    /** Reads the section's CID along with the block: a place that points at something else is no place. */ async read(cid, { carId, offset, length, cidLength }) {
        const bytes = await this.cars.read(carId, offset - cidLength, cidLength + length);
        if (!bytes) return null;
        const { bytes: multihash } = cid.multihash;
        return multihash.length <= cidLength && bytes.subarray(cidLength - multihash.length, cidLength).equals(multihash) ? bytes.subarray(cidLength) : null;
    }
}
IndexedHotBlocks = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof BlockIndex === "undefined" ? Object : BlockIndex,
        typeof LocalCarFolder === "undefined" ? Object : LocalCarFolder,
        typeof BufferedBlocks === "undefined" ? Object : BufferedBlocks
    ])
], IndexedHotBlocks);

//# sourceMappingURL=indexed-hot-blocks.js.map
