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
import { CarNotHere } from '../domain/storage.errors.js';
import { BlockIndex } from '../blocks/block-index.js';
import { indexCar } from '../blocks/index-rebuild.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { CarFiles } from '../ports/car-files.port.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
const CHUNK_BYTES = 1024 * 1024;
export class NodeCarFiles extends CarFiles {
    constructor(folder, index, cars){
        super(), this.folder = folder, this.index = index, this.cars = cars;
    }
    async sizeOf(carId) {
        return this.folder.sizeOf(carId);
    }
    async *read(carId) {
        const length = await this.folder.sizeOf(carId);
        for(let at = 0; at < (length ?? 1); at += CHUNK_BYTES){
            const chunk = length && await this.folder.read(carId, at, Math.min(CHUNK_BYTES, length - at));
            if (!chunk) throw new CarNotHere(`CAR ${carId} is not on this node`);
            yield chunk;
        }
    }
    localPathOf(carId) {
        return this.folder.pathOf(carId);
    }
    async putBack(carId, bytes) {
        await this.folder.put(carId, bytes);
        const [car] = await this.cars.find([
            carId
        ]);
        if (car) await indexCar(car, this.folder, this.index, this.cars);
        await this.cars.putBack(carId);
    }
}
NodeCarFiles = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof LocalCarFolder === "undefined" ? Object : LocalCarFolder,
        typeof BlockIndex === "undefined" ? Object : BlockIndex,
        typeof PostgresCarStore === "undefined" ? Object : PostgresCarStore
    ])
], NodeCarFiles);

//# sourceMappingURL=node-car-files.js.map
