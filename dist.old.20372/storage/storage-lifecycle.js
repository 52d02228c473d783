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
import { HealthChecks } from '../platform/health/index.js';
import { messageOf } from '../shared/index.js';
import { AppLogger } from '../platform/logging/index.js';
import { BlockIndex } from './blocks/block-index.js';
import { DiskSpace } from './places/disk-space.js';
import { StorageMismatch } from './domain/storage.errors.js';
import { CarReclaimer } from './cars/car-reclaimer.js';
import { SegmentCommitter } from './cars/segment-committer.js';
const SWEEP_MS = 600_000;
const RETRY_MS = 5_000;
/** A commit takes milliseconds; uploads that wait for so long wait for something that hangs. */ const STALLED_MS = 10_000;
export class StorageLifecycle {
    constructor(committer, index, reclaimer, space, health, logger){
        this.committer = committer;
        this.index = index;
        this.reclaimer = reclaimer;
        this.space = space;
        this.health = health;
        this.logger = logger;
    }
    onModuleInit() {
        this.health.register('car-store', ()=>this.space.ensure(0));
        this.health.register('committer', async ()=>this.assertProgress());
        this.timer = setInterval(()=>this.sweep(), SWEEP_MS).unref();
        // While the database is away there is nothing to tell: others do.
        const retry = ()=>void this.reclaimer.retryAbandoned().catch(()=>undefined);
        this.retrying = setInterval(retry, RETRY_MS).unref();
        this.sweep();
    }
    beforeApplicationShutdown() {
        clearInterval(this.timer);
        clearInterval(this.retrying);
    }
    /**
   * After the last request was answered, which may have been an upload, and before the connections to the database
   * close: those are the platform's, whose modules end last.
   */ async onApplicationShutdown() {
        await this.committer.stop();
        await this.index.close();
    }
    assertProgress() {
        const { waitingMs } = this.committer;
        if (waitingMs > STALLED_MS) throw new Error(`uploads have waited ${Math.round(waitingMs / 1000)} s for their commit`);
    }
    sweep() {
        this.reclaimer.sweep().then(({ removed, setAside, notOurs, expired })=>{
            if (removed + expired > 0) this.logger.info({
                removed,
                expired
            }, 'leftover CAR files removed');
            if (setAside > 0) this.logger.error({
                setAside
            }, 'CAR files that the database does not know wait in cars/lost+found');
            if (notOurs > 0) this.logger.error({
                notOurs
            }, 'CAR files lie here that the database knows on another node only');
        }, (error)=>{
            if (error instanceof StorageMismatch) this.logger.fatal({
                err: error
            }, 'no leftover is touched');
            else this.logger.warn({
                error: messageOf(error)
            }, 'leftover CAR files not swept');
        });
    }
}
StorageLifecycle = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof SegmentCommitter === "undefined" ? Object : SegmentCommitter,
        typeof BlockIndex === "undefined" ? Object : BlockIndex,
        typeof CarReclaimer === "undefined" ? Object : CarReclaimer,
        typeof DiskSpace === "undefined" ? Object : DiskSpace,
        typeof HealthChecks === "undefined" ? Object : HealthChecks,
        typeof AppLogger === "undefined" ? Object : AppLogger
    ])
], StorageLifecycle);

//# sourceMappingURL=storage-lifecycle.js.map
