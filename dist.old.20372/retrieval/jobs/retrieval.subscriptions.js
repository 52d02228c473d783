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
import { rm } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { JobRunner, Processor, processorOptions, RoomProcessor, Schedules } from '../../platform/queue/index.js';
import { retrievalId } from '../../shared/index.js';
import { retrievalQueue } from './retrieval.queue.js';
import { Retrievals } from '../verbs/retrievals.js';
import { RetrieveDagFromMiner } from '../verbs/retrieve-dag-from-miner.js';
/** A retrieval that the queue forgot is late by this at most. */ const SWEEP_MS = 1_000;
export class RetrievalProcessor extends RoomProcessor {
    constructor(runner, retrieveDagFromMiner){
        super(runner), this.retrieveDagFromMiner = retrieveDagFromMiner, this.queue = retrievalQueue, this.handlers = {
            fetch: (payload, signal)=>this.retrieveDagFromMiner.run(retrievalId(payload.retrievalId), signal)
        };
    }
}
RetrievalProcessor = _ts_decorate([
    Processor(retrievalQueue.name, processorOptions(retrievalQueue)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof JobRunner === "undefined" ? Object : JobRunner,
        typeof RetrieveDagFromMiner === "undefined" ? Object : RetrieveDagFromMiner
    ])
], RetrievalProcessor);
export class RetrievalSchedule {
    constructor(schedules, retrievals, config){
        this.schedules = schedules;
        this.retrievals = retrievals;
        this.config = config;
    }
    async onModuleInit() {
        // Half-fetched files of a worker that was killed.
        await rm(this.config.inData('retrieval'), {
            recursive: true,
            force: true
        });
        this.schedules.every('retrieval.sweep', SWEEP_MS, ()=>this.retrievals.sweep());
    }
}
RetrievalSchedule = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Schedules === "undefined" ? Object : Schedules,
        typeof Retrievals === "undefined" ? Object : Retrievals,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], RetrievalSchedule);

//# sourceMappingURL=retrieval.subscriptions.js.map
