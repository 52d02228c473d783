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
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { carHeader, PLACEHOLDER_ROOT } from '../../ipld/index.js';
import { carId, Clock } from '../../shared/index.js';
import { LocalCarFolder } from './local-car-folder.js';
import { syncDirectory } from './sync-directory.js';
const DAY_MS = 86_400_000;
const COPY_BYTES = 1024 * 1024;
/** `<car id>[.<when>].car`, and `<car id>.from-<offset>.car` for the end of a file: what this class writes. */ const OURS = /^([0-9a-f-]{36})(?:\.from-\d+)?(?:\.\d+)?\.car$/;
export class LostAndFound {
    constructor(config, cars, clock){
        this.cars = cars;
        this.clock = clock;
        this.folder = config.inData('cars', 'lost+found');
        this.keepMs = config.values.ORPHAN_KEEP_DAYS * DAY_MS;
    }
    /**
   * Moves the file of a CAR there, beside an earlier one of that id; answers its new path, or null when there is no
   * such file. Durable when it resolves.
   */ async take(id) {
        const from = this.cars.pathOf(id);
        if (await this.cars.sizeOf(id) === null) return null;
        await mkdir(this.folder, {
            recursive: true
        });
        const plain = path.join(this.folder, `${id}.car`);
        const isTaken = await sizeOf(plain) !== null;
        const target = isTaken ? path.join(this.folder, `${id}.${this.clock.now().getTime()}.car`) : plain;
        // Its days begin now, however old the file is. Before it is there: a sweep must not find it with its old time.
        await utimes(from, this.clock.now(), this.clock.now());
        await rename(from, target);
        this.cars.forget(id);
        await syncDirectory(this.folder);
        await this.cars.syncFolder(id);
        return target;
    }
    /** Copies what lies behind `offset`, into a CAR of its own, before that is cut away. Durable when it resolves. */ async takeTail(id, handle, offset) {
        await mkdir(this.folder, {
            recursive: true
        });
        const file = path.join(this.folder, `${id}.from-${offset}.car`);
        const target = await open(file, 'w');
        try {
            await target.writeFile(carHeader(PLACEHOLDER_ROOT));
            const buffer = Buffer.allocUnsafe(COPY_BYTES);
            for(let at = offset;;){
                const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
                if (bytesRead === 0) break;
                await target.writeFile(buffer.subarray(0, bytesRead));
                at += bytesRead;
            }
            await target.utimes(this.clock.now(), this.clock.now());
            await target.sync();
        } finally{
            await target.close();
        }
        await syncDirectory(this.folder);
    }
    /** The CARs that wait there, with the id that each had. Two may have had the same. */ async list() {
        return (await this.names()).sort().flatMap((name)=>{
            const id = OURS.exec(name)?.[1];
            return id === undefined ? [] : [
                {
                    id: carId(id),
                    file: path.join(this.folder, name)
                }
            ];
        });
    }
    /** Among the CARs again, under an id that no file has. @throws Error when one has it */ async returnCar(file, id) {
        if (await this.cars.sizeOf(id) !== null) throw new Error(`there is a file of CAR ${id}`);
        const target = this.cars.pathOf(id);
        await mkdir(path.dirname(target), {
            recursive: true
        });
        await rename(file, target);
        await this.cars.syncFolder(id);
        await syncDirectory(this.folder);
    }
    /** Removes what has waited its days. Answers how many files went. */ async removeExpired() {
        let removed = 0;
        for (const name of (await this.names())){
            if (!OURS.test(name)) continue;
            const file = path.join(this.folder, name);
            const facts = await stat(file);
            if (this.clock.now().getTime() - facts.mtimeMs < this.keepMs) continue;
            await rm(file, {
                force: true
            });
            removed += 1;
        }
        return removed;
    }
    async names() {
        return readdir(this.folder).catch((error)=>{
            if (error.code === 'ENOENT') return [];
            throw error;
        });
    }
}
LostAndFound = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof LocalCarFolder === "undefined" ? Object : LocalCarFolder,
        typeof Clock === "undefined" ? Object : Clock
    ])
], LostAndFound);
async function sizeOf(file) {
    return stat(file).then(({ size })=>size, (error)=>{
        if (error.code === 'ENOENT') return null;
        throw error;
    });
}

//# sourceMappingURL=lost-and-found.js.map
