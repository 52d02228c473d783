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
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId, DomainError, messageOf } from '../../shared/index.js';
import { placeOf } from '../domain/car.js';
import { CarWriteFailed, DiskFull } from '../domain/storage.errors.js';
import { CarPlace } from '../ports/car-place.port.js';
import { OpenFiles } from './open-files.js';
import { syncDirectory } from './sync-directory.js';
export class LocalCarFolder extends CarPlace {
    constructor(config, node){
        super(), this.node = node, this.files = new OpenFiles((id)=>open(this.pathOf(id), 'r'));
        this.root = config.inData('cars');
    }
    get name() {
        return placeOf(this.node.id);
    }
    async put(id, bytes) {
        const target = this.pathOf(id);
        const partial = `${target}.${process.pid}.tmp`;
        await mkdir(path.dirname(target), {
            recursive: true
        });
        try {
            const length = await writeFile(partial, bytes);
            await rename(partial, target);
            this.files.forget(id);
            await this.syncFolder(id);
            return length;
        } finally{
            await rm(partial, {
                force: true
            });
        }
    }
    async read(id, offset, length) {
        return this.files.read(id, offset, length);
    }
    async sizeOf(id) {
        const facts = await stat(this.pathOf(id)).catch(unlessMissing);
        return facts === null ? null : facts.size;
    }
    async remove(id) {
        const size = await this.sizeOf(id);
        await rm(this.pathOf(id), {
            force: true
        });
        // Who still reads keeps the file's space until they are done.
        this.files.forget(id);
        return size ?? 0;
    }
    async *list() {
        for (const folder of (await namesIn(this.root))){
            // Beside the folders of CARs lie the mark of the platform and what nobody knows (lost+found).
            if (!/^[0-9a-f]{2}$/.test(folder)) continue;
            for (const name of (await namesIn(path.join(this.root, folder)))){
                const match = /^([0-9a-f-]{36})\.car$/.exec(name);
                const facts = match?.[1] === undefined ? null : await stat(path.join(this.root, folder, name)).catch(unlessMissing);
                if (match?.[1] !== undefined && facts) yield {
                    id: carId(match[1]),
                    modified: facts.mtime
                };
            }
        }
    }
    onApplicationShutdown() {
        this.files.close();
    }
    /** Absolute path, whether or not the file is there. For programs of this machine that take no bytes, only a path. */ pathOf(id) {
        return path.join(this.root, id.slice(-2), `${id}.car`);
    }
    /**
   * A new, empty file to be written in place; its name is durable once `syncFolder` was called.
   * @throws Error when there is one
   */ async create(id) {
        const file = this.pathOf(id);
        await mkdir(path.dirname(file), {
            recursive: true
        });
        return open(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);
    }
    /** To go on with, or to be scanned. @throws Error with code ENOENT when there is none */ async openForWriting(id) {
        return open(this.pathOf(id), constants.O_RDWR);
    }
    /** The file was moved or replaced by others of this process: the next reader opens what is there then. */ forget(id) {
        this.files.forget(id);
    }
    /** Makes the file's name survive a power cut. */ async syncFolder(id) {
        await syncDirectory(path.dirname(this.pathOf(id)));
    }
}
LocalCarFolder = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof NodeIdentity === "undefined" ? Object : NodeIdentity
    ])
], LocalCarFolder);
/** The failure of a disk, by the name that it has for us. */ export function namedDiskError(error) {
    if (error instanceof DomainError) return error;
    const { code } = error;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return new DiskFull('there is no room left on this node', {
        cause: error
    });
    return new CarWriteFailed(`a CAR could not be written: ${messageOf(error)}`, {
        cause: error
    });
}
/** All of the bytes, durable; answers their number. What the source throws is passed on as it is. */ async function writeFile(file, bytes) {
    const handle = await open(file, 'w');
    let length = 0;
    try {
        for await (const chunk of bytes){
            for(let done = 0; done < chunk.length;){
                const { bytesWritten } = await onDisk(handle.write(chunk, done, chunk.length - done, length));
                done += bytesWritten;
                length += bytesWritten;
            }
        }
        await onDisk(handle.datasync());
        return length;
    } finally{
        await handle.close();
    }
}
async function onDisk(work) {
    try {
        return await work;
    } catch (error) {
        throw namedDiskError(error);
    }
}
/** Nothing when the folder is not there; any other failure is one. */ async function namesIn(folder) {
    return await readdir(folder).catch(unlessMissing) ?? [];
}
function unlessMissing(error) {
    if (error.code === 'ENOENT') return null;
    throw error;
}

//# sourceMappingURL=local-car-folder.js.map
