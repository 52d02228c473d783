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
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { syncDirectory } from './sync-directory.js';
const PLATFORM_ID = 'platform-id';
const GENERATION = 'platform-generation';
const RESTORING = 'restore-unfinished';
const MISSING_ACCEPTED = 'missing-accepted';
export class FolderIdentity {
    constructor(config){
        this.config = config;
    }
    /** @throws what the file system throws; a file that is not there is null, one that cannot be read is no such thing */ async read() {
        const [folder, place, generation, restoring, accepted] = await Promise.all([
            this.readMark(PLATFORM_ID),
            this.readMark('cars', PLATFORM_ID),
            this.readMark(GENERATION),
            this.readMark(RESTORING),
            this.readMark(MISSING_ACCEPTED)
        ]);
        return {
            folder,
            place,
            generation: generation !== null && /^\d{1,18}$/.test(generation) ? BigInt(generation) : null,
            restoring,
            missingAccepted: accepted !== null
        };
    }
    /** The folder and its place of CARs belong to this platform from now on. Durable when it resolves; may be repeated. */ async write(id, generation) {
        await this.writeMark(id, 'cars', PLATFORM_ID);
        await this.writeMark(id, PLATFORM_ID);
        await this.writeMark(String(generation), GENERATION);
    }
    /** Of the two processes that share a folder the one with the higher number is to win: never goes back. */ async noteGeneration(generation) {
        const { generation: known } = await this.read();
        if (known === null || known < generation) await this.writeMark(String(generation), GENERATION);
    }
    /** From now until `clearRestoring` nothing starts on this folder. `dump`: what is being restored. */ async markRestoring(dump) {
        await this.writeMark(dump, RESTORING);
    }
    async clearRestoring() {
        await this.removeMark(RESTORING);
    }
    /** Starts put up with missing files until they find none missing. */ async acceptMissing(accepted) {
        if (accepted) await this.writeMark('true', MISSING_ACCEPTED);
        else await this.removeMark(MISSING_ACCEPTED);
    }
    async removeMark(name) {
        await rm(this.config.inData(name), {
            force: true
        });
        await syncDirectory(this.config.dataDir);
    }
    /** An empty file counts as none. */ async readMark(...names) {
        try {
            const text = (await readFile(this.config.inData(...names), 'utf8')).trim();
            return text === '' ? null : text;
        } catch (error) {
            if (error.code === 'ENOENT') return null;
            throw error;
        }
    }
    async writeMark(text, ...names) {
        const file = this.config.inData(...names);
        const draft = `${file}.${process.pid}`;
        await mkdir(path.dirname(file), {
            recursive: true
        });
        const handle = await open(draft, 'w', 0o644);
        try {
            await handle.writeFile(`${text}\n`);
            await handle.sync();
        } finally{
            await handle.close();
        }
        await rename(draft, file);
        await syncDirectory(path.dirname(file));
    }
}
FolderIdentity = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], FolderIdentity);

//# sourceMappingURL=folder-identity.js.map
