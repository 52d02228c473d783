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
import { HEADER_BYTES, PLACEHOLDER_ROOT, rootInHeader } from '../../ipld/index.js';
import { AppConfig } from '../../config/index.js';
import { mismatchMessage, mismatchOf } from '../domain/platform-match.js';
import { StorageMismatch } from '../domain/storage.errors.js';
import { FolderIdentity } from '../places/folder-identity.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import { scanSections } from './section-scan.js';
/** So many ids are asked for in one statement. */ const BATCH = 1_000;
export class PlatformCheck {
    constructor(config, identity, folder, platform){
        this.config = config;
        this.identity = identity;
        this.folder = folder;
        this.platform = platform;
    }
    /**
   * Passes when they do, and marks the folder where it bears no mark yet. Changes nothing else.
   * @throws StorageMismatch with what to do about it
   */ async assertTogether() {
        const facts = await this.assertMayBeTogether();
        await this.mark();
        if (facts.missingAccepted && facts.missingFiles === 0) await this.identity.acceptMissing(false);
    }
    /** The same question without an answer in the folder: for commands. @throws StorageMismatch */ async assertMayBeTogether() {
        const facts = await this.facts();
        const reason = mismatchOf(facts);
        if (reason === null) return facts;
        throw new StorageMismatch(mismatchMessage(reason, facts, this.config.dataDir), {
            details: {
                reason
            }
        });
    }
    /** Folder and places bear the id of the database, and its next generation. */ async mark() {
        const marks = await this.identity.read();
        const { id } = await this.platform.identity();
        const generation = await this.platform.nextGeneration(0n);
        if (marks.folder !== id || marks.place !== id || marks.generation === null) await this.identity.write(id, generation);
        else await this.identity.noteGeneration(generation);
    }
    /**
   * For a process that runs: the same database and the same folder as at its start, and neither of them an older one?
   * Only then may anything be removed. Counts the generation on.
   * @throws StorageMismatch
   */ async assertStillTogether() {
        const marks = await this.identity.read();
        const { id, generation } = await this.platform.identity();
        if (marks.folder !== id || marks.place !== id || (marks.generation ?? 0n) > generation) throw new StorageMismatch(`data folder (platform ${marks.folder}, CARs of ${marks.place}, generation ${marks.generation}) and database ` + `(platform ${id}, generation ${generation}) do not belong together any more`);
        await this.identity.noteGeneration(await this.platform.nextGeneration(0n));
    }
    /** What is there, read from both sides. Files that come and go meanwhile have their rows before and after. */ async facts() {
        // In this order: the database counts first, the folder follows.
        const marks = await this.identity.read();
        const row = await this.platform.identity();
        const { known, unknown } = await this.filesHere();
        const expected = await this.platform.expectedHere();
        return {
            platformId: row.id,
            generation: row.generation,
            knowsCars: row.knowsCars,
            folder: marks.folder,
            place: marks.place,
            seenGeneration: marks.generation,
            restoring: marks.restoring,
            missingAccepted: marks.missingAccepted,
            knownFiles: known.size,
            unknownFiles: unknown.length,
            expectedFiles: expected.length,
            missingFiles: (await this.missingOf(expected, known)).length
        };
    }
    /** Unknown files with whole blocks in them. Torn ones never were anything: the sweep sets them aside. */ async unknownCars() {
        return (await this.filesHere()).unknown;
    }
    /** CARs that are wanted here and have no file. */ async missingCars() {
        return this.missingOf(await this.platform.expectedHere(), new Set());
    }
    async filesHere() {
        const files = [];
        for await (const { id } of this.folder.list())files.push(id);
        const known = new Set();
        for(let at = 0; at < files.length; at += BATCH)for (const id of (await this.platform.known(files.slice(at, at + BATCH))))known.add(id);
        const unknown = [];
        for (const id of files)if (!known.has(id) && await holdsBlocks(this.folder, id)) unknown.push(id);
        return {
            known,
            unknown
        };
    }
    async missingOf(expected, seen) {
        const missing = [];
        for (const id of expected)if (!seen.has(id) && await this.folder.sizeOf(id) === null) missing.push(id);
        return missing;
    }
}
PlatformCheck = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof FolderIdentity === "undefined" ? Object : FolderIdentity,
        typeof LocalCarFolder === "undefined" ? Object : LocalCarFolder,
        typeof PostgresPlatformStore === "undefined" ? Object : PostgresPlatformStore
    ])
], PlatformCheck);
/** A whole block stands behind the header: bytes that may have been acknowledged. False when there is no file. */ export async function holdsBlocks(folder, id, from = HEADER_BYTES) {
    const size = await folder.sizeOf(id);
    if (size === null || size <= from) return false;
    const handle = await folder.openForWriting(id);
    try {
        for await (const _ of scanSections(handle, from, size))return true;
        return false;
    } finally{
        await handle.close();
    }
}
/** What the header of the file names as its root; null for a CAR that was not finished, or no CAR of ours. */ export async function rootOf(folder, id) {
    const header = await folder.read(id, 0, HEADER_BYTES);
    if (!header) return null;
    const root = rootInHeader(header);
    return root === null || root.equals(PLACEHOLDER_ROOT) ? null : root;
}

//# sourceMappingURL=platform-check.js.map
