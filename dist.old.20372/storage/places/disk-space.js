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
import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { DiskFull } from '../domain/storage.errors.js';
const TRUST_MS = 500;
export class DiskSpace {
    constructor(config){
        this.seenAt = -Infinity;
        this.free = 0;
        this.promised = 0;
        /** Since the disk was looked at. */ this.spent = 0;
        this.reserved = config.values.DISK_RESERVE_BYTES;
        this.folder = config.inData('cars');
        mkdirSync(this.folder, {
            recursive: true
        });
    }
    /** @throws DiskFull when so many bytes more would eat into the reserve, or into what others were promised. */ async ensure(bytes) {
        await this.upToDate();
        this.assertRoom(bytes);
    }
    /** Without a turn of the loop between the question and what is done on its answer. */ assertRoom(bytes) {
        const left = this.free - this.spent - this.promised - this.reserved;
        if (left >= bytes) return;
        throw new DiskFull('this node has no room for it', {
            details: {
                needed: bytes,
                free: Math.max(0, left)
            }
        });
    }
    /** @throws DiskFull as `ensure` */ async reserve(bytes) {
        const reservation = new Reservation({
            take: async (more)=>{
                await this.upToDate();
                this.assertRoom(more);
                this.promised += more;
            },
            spend: (some)=>{
                this.promised -= some;
                this.spent += some;
            },
            cancel: (some)=>{
                this.promised -= some;
            }
        });
        await reservation.grow(bytes);
        return reservation;
    }
    async upToDate() {
        if (performance.now() - this.seenAt <= TRUST_MS) return;
        this.looking ??= this.look().finally(()=>{
            this.looking = undefined;
        });
        await this.looking;
    }
    async look() {
        const before = this.spent;
        this.free = await this.freeBytes();
        // What was written while the disk answered may or may not be in its answer: it counts.
        this.spent -= before;
        this.seenAt = performance.now();
    }
    /** What the file system has for us. */ async freeBytes() {
        const { bavail, bsize } = await statfs(this.folder);
        return bavail * bsize;
    }
}
DiskSpace = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], DiskSpace);
let Reservation = class Reservation {
    constructor(account){
        this.account = account;
        this.left = 0;
        this.released = false;
    }
    async grow(bytes) {
        await this.account.take(bytes);
        if (this.released) this.account.cancel(bytes);
        else this.left += bytes;
    }
    spend(bytes) {
        const some = Math.min(bytes, this.left);
        this.left -= some;
        this.account.spend(some);
    }
    release() {
        this.released = true;
        this.account.cancel(this.left);
        this.left = 0;
    }
};

//# sourceMappingURL=disk-space.js.map
