import { blockKey, HEADER_BYTES } from '../../ipld/index.js';
import { carSealed } from '../domain/storage.events.js';
import { CarWriter } from './car-writer.js';
import { newCarId } from '../domain/car.js';
import { rootNodes, rootNodesReserve } from './root-nodes.js';
import { scanSections } from './section-scan.js';
/** The CARs that one large DAG has for itself: one, or as many as the piece limit makes of it. */ export class DedicatedCars {
    constructor(node, kind){
        this.node = node;
        this.kind = kind;
        this.current = null;
        this.finished = [];
        this.opened = [];
        this.seen = new SeenBlocks(node.index, this.opened);
    }
    get ids() {
        return this.opened;
    }
    has(cid) {
        return this.seen.has(cid);
    }
    /** Resolves when there is room for more. */ async append(block) {
        this.seen.add(block.cid);
        const sectionBytes = block.length + block.cid.bytes.length + 9;
        if (this.current && this.current.blocks > 0 && this.wouldPass(this.current, block, sectionBytes)) await this.finishPart(this.current, null);
        const part = this.current ??= await this.open();
        part.blocks += 1;
        part.cidBytes += block.cid.bytes.length;
        await part.writer.append(block);
    }
    /** All is in the files, readable. */ async flush() {
        await this.current?.writer.flush();
    }
    /**
   * @param whole the root that the header names when everything fits into one CAR; null asks for a node that links
   * `roots`.
   */ async finish(whole, roots) {
        const part = this.current;
        if (part) await this.finishPart(part, this.finished.length === 0 ? {
            whole,
            roots
        } : null);
        return this.finished;
    }
    /** The finished CARs as they end in the transaction: with what was asked for, and with their announcement. */ written(asked) {
        return this.finished.map(({ id, bytes, root })=>{
            const announcement = carSealed.payload.parse({
                carId: id,
                root,
                carBytes: bytes,
                kind: 'single',
                ...asked
            });
            return {
                id,
                bytes,
                epoch: 0,
                seal: {
                    root,
                    ...asked,
                    announcement
                }
            };
        });
    }
    async close() {
        const part = this.current;
        this.current = null;
        await part?.writer.close().catch(()=>undefined);
    }
    wouldPass(part, block, sectionBytes) {
        const reserve = rootNodesReserve(part.blocks + 1, part.cidBytes + block.cid.bytes.length);
        return part.writer.length + sectionBytes + reserve > this.node.limits.carBytes;
    }
    async open() {
        const { folder, index, cars, owner } = this.node;
        const id = newCarId();
        await cars.open({
            id,
            kind: this.kind,
            owner
        });
        this.opened.push(id);
        const writer = new CarWriter(id, await folder.create(id), index, 0);
        writer.writeHeader();
        return {
            writer,
            blocks: 0,
            cidBytes: 0
        };
    }
    async finishPart(part, end) {
        const { writer } = part;
        await writer.flush();
        const contentEnd = writer.length;
        const root = end?.whole ?? await this.appendRoot(writer, end ? end.roots : this.cidsOf(writer.carId, contentEnd));
        await writer.finish(root);
        await this.node.folder.syncFolder(writer.carId);
        this.current = null;
        const run = {
            carId: writer.carId,
            seq: this.finished.length,
            offset: HEADER_BYTES,
            length: contentEnd - HEADER_BYTES
        };
        this.finished.push({
            id: writer.carId,
            root: root.toString(),
            bytes: writer.length,
            run
        });
        await writer.close();
    }
    async appendRoot(writer, links) {
        const nodes = rootNodes(links);
        for(;;){
            const step = await nodes.next();
            if (step.done) return step.value;
            await writer.append(step.value);
        }
    }
    /** A part of a DAG links each of its blocks: no subtree of it can be counted on to be whole. */ async *cidsOf(id, end) {
        const handle = await this.node.folder.openForWriting(id);
        try {
            for await (const { cid } of scanSections(handle, HEADER_BYTES, end))yield cid;
        } finally{
            await handle.close();
        }
    }
}
/** So many multihashes are remembered in memory (some 50 MB); beyond, the index is asked. */ const REMEMBERED = 400_000;
/** Which blocks have been taken. */ let SeenBlocks = class SeenBlocks {
    constructor(index, cars){
        this.index = index;
        this.cars = cars;
        this.keys = new Set();
    }
    has(cid) {
        const key = blockKey(cid);
        if (this.keys.has(key) || this.older?.has(key)) return true;
        return this.older !== undefined && this.index.findAll(cid).some((place)=>this.cars.includes(place.carId));
    }
    add(cid) {
        if (this.keys.size >= REMEMBERED / 2) {
            this.older = this.keys;
            this.keys = new Set();
        }
        this.keys.add(blockKey(cid));
    }
};

//# sourceMappingURL=dedicated-cars.js.map
