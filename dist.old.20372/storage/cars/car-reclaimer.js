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
import { HEADER_BYTES } from '../../ipld/index.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
import { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import { BlockIndex } from '../blocks/block-index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { LostAndFound } from '../places/lost-and-found.js';
import { holdsBlocks, PlatformCheck, rootOf } from './platform-check.js';
import { scanEntries } from './section-scan.js';
export class CarReclaimer {
    constructor(folder, index, cars, platform, lostAndFound, check){
        this.folder = folder;
        this.index = index;
        this.cars = cars;
        this.platform = platform;
        this.lostAndFound = lostAndFound;
        this.check = check;
        /** Abandoned by this process and not settled yet; the next start finds them by their rows. */ this.abandoned = new Set();
    }
    /** The blocks of these stretches cannot be read here any more; their file stays. Nothing to do without a file. */ async hide(carId, stretches) {
        const handle = await this.folder.openForWriting(carId).catch((error)=>{
            if (error.code === 'ENOENT') return null;
            throw error;
        });
        if (!handle) return;
        try {
            for (const { offset, length } of stretches){
                for await (const entries of scanEntries(handle, carId, offset, offset + length))await this.index.remove(entries);
            }
        } finally{
            await handle.close();
        }
    }
    /**
   * CARs that are given up half-written: those of them that no run was made of go, row and file. Never rejects: while
   * the database does not answer, what became of them is unknown, and they are asked about again (`retryAbandoned`).
   */ async abandon(ids) {
        for (const id of ids)this.abandoned.add(id);
        await this.retryAbandoned().catch(()=>undefined);
    }
    /** Asks again about all that was abandoned and could not be settled. @throws Error while it still cannot */ async retryAbandoned() {
        const ids = [
            ...this.abandoned
        ];
        if (ids.length === 0) return;
        for (const id of (await this.cars.discard(ids)))await this.remove(id);
        for (const id of ids)this.abandoned.delete(id);
    }
    /**
   * The file and all that the index says of it. Answers the bytes given back to the disk, 0 when it was gone, and when
   * a backup holds removals back: then the blocks are hidden, and a later sweep takes the file.
   */ async remove(carId) {
        if (!await this.hideAll(carId)) return 0;
        return await this.platform.isHeld() ? 0 : this.folder.remove(carId);
    }
    /** The file goes to lost+found, out of the index. False when there is none. */ async setAside(carId) {
        await this.hideAll(carId);
        return await this.lostAndFound.take(carId) !== null;
    }
    /**
   * Removes files that their rows gave up, and sets those aside that no row speaks of: a row is written before its file
   * is made, so none is on its way. A file whose CAR is known, but not here, is left alone: the folder may have lost
   * the name under which the rows know it.
   * @throws StorageMismatch, and does nothing, when folder and database do not belong together (any more)
   */ async sweep() {
        const swept = {
            removed: 0,
            setAside: 0,
            notOurs: 0,
            expired: 0
        };
        await this.check.assertStillTogether();
        for await (const { id } of this.folder.list()){
            const standing = await this.cars.standingOf(id);
            if (standing === 'not-ours') swept.notOurs += 1;
            if (standing === 'may-go' && await this.remove(id) > 0) swept.removed += 1;
            if (standing === 'unknown' && await this.setAside(id)) swept.setAside += 1;
        }
        swept.expired = await this.lostAndFound.removeExpired();
        return swept;
    }
    /**
   * What a start found of an open CAR that nothing refers to: removed, unless it holds more than its row knows of and
   * that may have been acknowledged. Then it is set aside, for the database may be an older one. A CAR of one large
   * upload is finished, its root in the header, before anybody is answered.
   */ async endLeftover(car) {
        const isFinished = car.kind === 'segment' || await rootOf(this.folder, car.id) !== null;
        if (isFinished && await holdsBlocks(this.folder, car.id, Math.max(HEADER_BYTES, car.bytes))) await this.setAside(car.id);
        else await this.remove(car.id);
    }
    /** Keeps what of the file's end the rows do not know of, before it is cut away. */ async setTailAside(car, handle, end) {
        const from = Math.max(end, car.bytes);
        if (await holdsBlocks(this.folder, car.id, from)) await this.lostAndFound.takeTail(car.id, handle, from);
    }
    /** False when there is no file. */ async hideAll(carId) {
        const size = await this.folder.sizeOf(carId);
        if (size === null) return false;
        await this.hide(carId, [
            {
                offset: HEADER_BYTES,
                length: Math.max(0, size - HEADER_BYTES)
            }
        ]);
        return true;
    }
}
CarReclaimer = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof LocalCarFolder === "undefined" ? Object : LocalCarFolder,
        typeof BlockIndex === "undefined" ? Object : BlockIndex,
        typeof PostgresCarStore === "undefined" ? Object : PostgresCarStore,
        typeof PostgresPlatformStore === "undefined" ? Object : PostgresPlatformStore,
        typeof LostAndFound === "undefined" ? Object : LostAndFound,
        typeof PlatformCheck === "undefined" ? Object : PlatformCheck
    ])
], CarReclaimer);

//# sourceMappingURL=car-reclaimer.js.map
