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
import { HEADER_BYTES, headerRoot } from '../../ipld/index.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
import { CarReclaimer } from '../cars/car-reclaimer.js';
import { coverage, movedOffset } from '../domain/run-coverage.js';
import { parseCid } from '../../shared/index.js';
import { BlockIndex } from '../blocks/block-index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { CarWriter } from './car-writer.js';
import { newCarId } from '../domain/car.js';
import { rootNodes } from './root-nodes.js';
import { scanSections } from './section-scan.js';
export class SegmentSealer {
    constructor(folder, index, cars, reclaimer){
        this.folder = folder;
        this.index = index;
        this.cars = cars;
        this.reclaimer = reclaimer;
    }
    /**
   * @param end where the last batch ended. Nothing is appended by others any more. Closes the writer when it succeeds.
   */ async seal(writer, end, owner) {
        const runs = await this.cars.liveRuns(writer.carId);
        if (runs.length === 0) await this.drop(writer);
        else if (isWhole(runs, end)) await this.sealInPlace(writer, end, runs);
        else await this.compact(writer, runs, owner);
    }
    async drop(writer) {
        await writer.close();
        await this.cars.discard([
            writer.carId
        ]);
        await this.reclaimer.remove(writer.carId);
    }
    async sealInPlace(writer, end, runs) {
        // A sealing that failed half-way left its root nodes there.
        if (writer.length > end) await writer.cutBack(end);
        const root = await appendRoot(writer, runs);
        await writer.finish(root);
        await this.cars.seal(writer.carId, {
            root: root.toString(),
            bytes: writer.length
        });
        await writer.close();
    }
    /** Writes what is alive to a new file, which takes the old one's place in one transaction. */ async compact(old, runs, owner) {
        const live = coverage(runs);
        const id = newCarId();
        await this.cars.open({
            id,
            kind: 'segment',
            owner
        });
        const writer = new CarWriter(id, await this.folder.create(id), this.index, 0);
        let replaced = false;
        try {
            writer.writeHeader();
            await this.copy(old.carId, live, writer);
            const root = await appendRoot(writer, runs);
            await writer.finish(root);
            await this.folder.syncFolder(id);
            replaced = await this.cars.replace(old.carId, {
                id,
                root: root.toString(),
                bytes: writer.length
            }, (run)=>movedOffset(live, run.offset, HEADER_BYTES));
        } finally{
            await writer.close();
            if (!replaced) await this.reclaimer.abandon([
                id
            ]);
        }
        await old.close();
        await this.reclaimer.remove(old.carId);
    }
    async copy(from, stretches, to) {
        const handle = await this.folder.openForWriting(from);
        try {
            for (const { offset, length } of stretches){
                for await (const section of scanSections(handle, offset, offset + length)){
                    const { buffer } = await handle.read(Buffer.allocUnsafe(section.length), 0, section.length, section.offset);
                    await to.append({
                        cid: section.cid,
                        parts: [
                            buffer
                        ],
                        length: section.length
                    });
                }
            }
        } finally{
            await handle.close();
        }
    }
}
SegmentSealer = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof LocalCarFolder === "undefined" ? Object : LocalCarFolder,
        typeof BlockIndex === "undefined" ? Object : BlockIndex,
        typeof PostgresCarStore === "undefined" ? Object : PostgresCarStore,
        typeof CarReclaimer === "undefined" ? Object : CarReclaimer
    ])
], SegmentSealer);
function isWhole(runs, end) {
    const [only, more] = coverage(runs);
    return more === undefined && only?.offset === HEADER_BYTES && only.offset + only.length === end;
}
/** One DAG is its own root; several are linked by a node. Members in the order of their bytes, each once. */ async function appendRoot(writer, runs) {
    const roots = [
        ...new Set(runs.map((run)=>run.root))
    ].map((text)=>parseCid(text)).filter((cid)=>cid !== null);
    const [only] = roots;
    const own = roots.length === 1 && only ? headerRoot(only) : null;
    if (own) return own;
    const nodes = rootNodes(roots);
    for(;;){
        const step = await nodes.next();
        if (step.done) return step.value;
        await writer.append(step.value);
    }
}

//# sourceMappingURL=segment-sealer.js.map
