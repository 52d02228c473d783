import { carHeader, PLACEHOLDER_ROOT, sectionPrefix, isIdentity } from '../../ipld/index.js';
import { namedDiskError } from '../places/local-car-folder.js';
import { scanEntries } from './section-scan.js';
/** Waiting for the disk: more than this and the sender has to wait, too. */ const MOST_QUEUED = 8 * 1024 ** 2;
/** One write call takes as much. */ const WRITE_BYTES = 4 * 1024 ** 2;
/** Write-back starts after so many new bytes, while more come in, so that the last sync finds little left to do. */ const SYNC_EVERY = 32 * 1024 ** 2;
/**
 * Appends sections to one CAR file. What it is given is written as it is, without a copy; a block is in the index (so
 * visible to readers) as soon as its bytes are in the file. The first failure is final: everything after it throws the
 * same.
 */ export class CarWriter {
    /**
   * @param length where to go on writing: all before is valid CAR
   * @param epoch of the CAR's row when it was opened or recovered: commits name it
   */ constructor(carId, handle, index, length, epoch = 0){
        this.carId = carId;
        this.handle = handle;
        this.index = index;
        this.length = length;
        this.epoch = epoch;
        this.queue = [];
        this.queuedBytes = 0;
        this.indexing = Promise.resolve();
        this.doubtful = false;
        this.waitingForRoom = [];
        this.written = length;
        this.syncedTo = length;
    }
    /**
   * Whether a sync failed once. What the kernel had not written then may be lost though the next sync succeeds
   * (fsync(2) reports an error once): nothing more is to be appended here.
   */ get syncFailed() {
        return this.doubtful;
    }
    /** The header with a placeholder root; for a new file. */ writeHeader() {
        this.enqueue({
            parts: [
                carHeader(PLACEHOLDER_ROOT)
            ],
            length: carHeader(PLACEHOLDER_ROOT).length,
            entry: null
        });
    }
    /** Resolves when there is room for more. */ async append(block) {
        if (this.failure) throw this.failure;
        const prefix = sectionPrefix(block.cid, block.length);
        const entry = isIdentity(block.cid) ? null : {
            key: block.cid.multihash.bytes,
            place: {
                carId: this.carId,
                offset: this.length + prefix.length,
                length: block.length,
                cidLength: block.cid.bytes.length
            }
        };
        this.enqueue({
            parts: [
                prefix,
                ...block.parts
            ],
            length: prefix.length + block.length,
            entry,
            written: block.written
        });
        while(this.queuedBytes > MOST_QUEUED){
            await new Promise((resolve)=>this.waitingForRoom.push(resolve));
            this.assertWell();
        }
    }
    /** All that was appended is in the file and in the index. */ async flush() {
        while(this.pumping)await this.pumping;
        await this.indexing;
        this.assertWell();
    }
    /** All that was appended survives a power cut. */ async sync() {
        await this.flush();
        await this.syncing;
        if (this.syncedTo < this.written) await this.syncNow();
        this.assertWell();
    }
    /** The file is finished: its header names the root. Durable when it resolves. */ async finish(root) {
        await this.flush();
        const header = carHeader(root);
        await this.guard(()=>this.handle.write(header, 0, header.length, 0));
        await this.syncing;
        await this.syncNow();
        this.assertWell();
    }
    /**
   * Takes back what was appended after `length`, a section's end: a batch that did not fit on the disk, root nodes of a
   * sealing that failed.
   */ async cutBack(length) {
        this.queue = [];
        await this.pumping?.catch(()=>undefined);
        await this.indexing;
        this.queuedBytes = 0;
        for await (const entries of scanEntries(this.handle, this.carId, length, this.written))await this.index.remove(entries);
        await this.handle.truncate(length);
        this.failure = undefined;
        this.length = length;
        this.written = length;
        this.syncedTo = Math.min(this.syncedTo, length);
    }
    async close() {
        await this.pumping?.catch(()=>undefined);
        await this.syncing?.catch(()=>undefined);
        await this.handle.close();
    }
    enqueue(item) {
        this.queue.push(item);
        this.queuedBytes += item.length;
        this.length += item.length;
        this.pumping ??= this.pump().finally(()=>{
            this.pumping = undefined;
            this.wakeSenders();
        });
    }
    async pump() {
        // One turn of the loop later: what is appended together is written together.
        await new Promise((resolve)=>setImmediate(resolve));
        while(this.queue.length > 0 && !this.failure){
            const batch = this.takeBatch();
            await this.guard(()=>this.writeAll(batch.flatMap((item)=>item.parts)));
            if (this.failure) return;
            for (const item of batch)item.written?.();
            const entries = batch.flatMap((item)=>item.entry ?? []);
            if (entries.length > 0) this.indexing = Promise.all([
                this.indexing,
                this.guard(()=>this.index.add(entries))
            ]).then(()=>undefined);
            this.queuedBytes -= batch.reduce((sum, item)=>sum + item.length, 0);
            if (this.queuedBytes <= MOST_QUEUED) this.wakeSenders();
            if (!this.syncing && this.written - this.syncedTo >= SYNC_EVERY) {
                this.syncing = this.syncNow().finally(()=>{
                    this.syncing = undefined;
                });
            }
        }
    }
    wakeSenders() {
        for (const wake of this.waitingForRoom.splice(0))wake();
    }
    takeBatch() {
        let bytes = 0;
        let count = 0;
        while(count < this.queue.length && bytes < WRITE_BYTES)bytes += this.queue[count++]?.length ?? 0;
        return this.queue.splice(0, count);
    }
    async writeAll(parts) {
        let rest = parts.filter((part)=>part.length > 0);
        while(rest.length > 0){
            const { bytesWritten } = await this.handle.writev(rest, this.written);
            if (bytesWritten === 0) throw new Error('the disk took no bytes');
            this.written += bytesWritten;
            rest = after(rest, bytesWritten);
        }
    }
    async syncNow() {
        const reached = this.written;
        await this.guard(()=>this.handle.datasync().catch((error)=>{
                this.doubtful = true;
                throw error;
            }));
        if (!this.failure) this.syncedTo = Math.max(this.syncedTo, reached);
    }
    async guard(work) {
        try {
            await work();
        } catch (error) {
            this.failure ??= namedDiskError(error);
        }
    }
    assertWell() {
        if (this.failure) throw this.failure;
    }
}
function after(parts, bytes) {
    let skip = bytes;
    const rest = [];
    for (const part of parts){
        if (skip >= part.length) skip -= part.length;
        else {
            rest.push(skip === 0 ? part : part.subarray(skip));
            skip = 0;
        }
    }
    return rest;
}

//# sourceMappingURL=car-writer.js.map
