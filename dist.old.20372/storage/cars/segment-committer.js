import { CarWriteFailed, ReferenceRefused } from '../domain/storage.errors.js';
import { messageOf } from '../../shared/index.js';
import { CarWriter } from './car-writer.js';
import { newCarId } from '../domain/car.js';
/** One batch takes no more than this, so that nobody waits for ever behind it. */ const BATCH_BYTES = 32 * 1024 ** 2;
/** SQLSTATE of commit_dags for a CAR that is not open, or of another epoch. */ const CAR_NOT_OURS = '55000';
const TICK_MS = 250;
/** Clients of a node that goes down are asked to come again after this long. */ const RETRY_AFTER_MS = 5_000;
/**
 * The one writer of this process's open segment. It takes everything that waits, appends it, syncs once, commits once,
 * and answers all; meanwhile the next batch gathers. Small DAGs only, complete in memory: a slow client never holds it.
 */ export class SegmentCommitter {
    constructor(node, references, sealer, reclaimer, logger, clock){
        this.node = node;
        this.references = references;
        this.sealer = sealer;
        this.reclaimer = reclaimer;
        this.logger = logger;
        this.clock = clock;
        this.queue = [];
        /** The batch that is being written and committed. */ this.current = [];
        this.segment = null;
        this.toSeal = [];
        this.stopped = false;
        this.timer = setInterval(()=>this.wake(), Math.min(TICK_MS, node.limits.segmentAgeMs / 2)).unref();
    }
    /** Segments that the last run of this process left: the newest is gone on with, the others are sealed. */ resume(segments) {
        this.toSeal = segments.slice(0, -1);
        this.segment = segments.at(-1) ?? null;
        this.wake();
    }
    /** Resolves when the DAG is on disk and its contents are committed. */ async store(upload) {
        if (this.stopped) throw new CarWriteFailed('this node is shutting down', {
            retryAfterMs: RETRY_AFTER_MS
        });
        this.node.fence.assertHeld();
        return new Promise((resolve, reject)=>{
            this.queue.push({
                ...upload,
                since: performance.now(),
                resolve,
                reject
            });
            this.wake();
        });
    }
    /** How long the upload that has waited longest has waited, in milliseconds; 0 when none waits. */ get waitingMs() {
        const since = this.current[0]?.since ?? this.queue[0]?.since;
        return since === undefined ? 0 : performance.now() - since;
    }
    /** Ends the open segment now, whatever its age: for tests and for an operator. */ async sealNow() {
        while(this.working)await this.working;
        this.retire();
        await this.sealAll();
    }
    /** Everything that was accepted is committed; the segment stays open for the next start. */ async stop() {
        this.stopped = true;
        clearInterval(this.timer);
        while(this.working)await this.working;
        await this.sealing;
        for (const segment of [
            ...this.toSeal,
            ...this.segment ? [
                this.segment
            ] : []
        ])await segment.writer.close().catch(()=>undefined);
        this.segment = null;
        this.toSeal = [];
    }
    wake() {
        if (this.working) return;
        if (this.queue.length > 0) {
            this.working = this.work().finally(()=>{
                this.working = undefined;
                if (this.queue.length > 0) this.wake();
            });
            return;
        }
        if (this.stopped) return;
        if (this.segment && this.clock.now().getTime() - this.segment.openedAt >= this.node.limits.segmentAgeMs) this.retire();
        void this.sealAll();
    }
    async work() {
        while(this.queue.length > 0){
            const batch = this.take();
            this.current = batch;
            try {
                await this.commit(batch);
            } catch (error) {
                for (const upload of batch)upload.reject(error);
            }
        }
        this.current = [];
    }
    take() {
        let count = 0;
        let bytes = 0;
        while(count < this.queue.length && (count === 0 || bytes < BATCH_BYTES))bytes += this.queue[count++]?.dags[0]?.dag.carBytes ?? 0;
        return this.queue.splice(0, count);
    }
    async commit(batch) {
        const bytes = batch.reduce((sum, { dags })=>sum + (dags[0]?.dag.carBytes ?? 0), 0);
        if (this.segment && this.segment.writer.length + bytes > this.node.limits.segmentBytes) this.retire();
        const segment = this.segment ??= await this.open();
        const runs = await this.write(segment, batch);
        const car = {
            id: segment.writer.carId,
            bytes: segment.writer.length,
            epoch: segment.writer.epoch
        };
        segment.end = car.bytes;
        this.node.fence.assertHeld();
        const written = batch.map((queued, at)=>{
            const run = runs[at];
            return {
                ...queued,
                run,
                upload: queued.dags.map(({ dag, reference })=>({
                        dag: {
                            ...dag,
                            runs: [
                                run
                            ]
                        },
                        reference
                    }))
            };
        });
        const [together, apart] = [
            written.filter((one)=>!carriesChanges(one)),
            written.filter(carriesChanges)
        ];
        const outcomes = together.length > 0 ? await this.commitTogether(together, car) : [];
        for (const [at, one] of together.entries())await this.settle(one, outcomes[at] ?? new Error('the commit left an upload out'));
        for (const one of apart)await this.settle(one, await this.references.commitWithin(one.upload, [
            car
        ]).catch((error)=>error));
    }
    async commitTogether(together, car) {
        try {
            return await this.references.commit(together.map(({ upload })=>upload), [
                car
            ]);
        } catch (error) {
            // Another process has recovered the segment: it is not ours to write or to seal any more.
            if (sqlStateOf(error) === CAR_NOT_OURS) {
                const { segment } = this;
                this.segment = null;
                await segment?.writer.close().catch(()=>undefined);
            }
            throw error;
        }
    }
    /** What was refused lies between others' bytes until the segment is compacted: it is not to be read meanwhile. */ async settle({ run, resolve, reject }, outcome) {
        if (!(outcome instanceof Error)) return resolve(outcome);
        if (outcome instanceof ReferenceRefused) await this.reclaimer.hide(run.carId, [
            run
        ]).catch((error)=>this.logger.warn({
                carId: run.carId,
                err: error
            }, 'a refused upload is not hidden'));
        reject(outcome);
    }
    async write({ writer }, batch) {
        const start = writer.length;
        try {
            const runs = [];
            for (const { blocks } of batch){
                const offset = writer.length;
                for (const block of blocks)await writer.append(block);
                runs.push({
                    carId: writer.carId,
                    seq: 0,
                    offset,
                    length: writer.length - offset
                });
            }
            await writer.sync();
            return runs;
        } catch (error) {
            // Nothing of this batch was acknowledged: the file goes back to where it was.
            await writer.cutBack(start).catch(()=>this.retire());
            // What a failed sync left behind cannot be known: this file gets nothing more, and is sealed as it was before.
            if (writer.syncFailed) this.retire();
            throw error;
        }
    }
    async open() {
        const { cars, folder, index, owner } = this.node;
        const id = newCarId();
        await cars.open({
            id,
            kind: 'segment',
            owner
        });
        const writer = new CarWriter(id, await folder.create(id), index, 0);
        writer.writeHeader();
        await writer.flush();
        await folder.syncFolder(id);
        return {
            writer,
            end: writer.length,
            openedAt: this.clock.now().getTime()
        };
    }
    retire() {
        if (this.segment) this.toSeal.push(this.segment);
        this.segment = null;
    }
    sealAll() {
        this.sealing ??= this.sealEach().finally(()=>{
            this.sealing = undefined;
        });
        return this.sealing;
    }
    async sealEach() {
        for (const segment of [
            ...this.toSeal
        ]){
            try {
                await this.sealer.seal(segment.writer, segment.end, this.node.owner);
                this.toSeal = this.toSeal.filter((other)=>other !== segment);
            } catch (error) {
                // It stays in the list: the next tick tries again, and after a crash the next start does.
                this.logger.warn({
                    carId: segment.writer.carId,
                    error: messageOf(error),
                    err: error
                }, 'segment not sealed yet');
                return;
            }
        }
    }
}
/** The platform names what the database does not do now, and keeps the driver's error as its cause. */ function sqlStateOf(error) {
    const { cause, code } = error;
    return cause?.code ?? code;
}
/** Its reference has changes of its own to make in the transaction: it gets one to itself. */ function carriesChanges({ dags }) {
    return dags[0]?.reference.within !== undefined;
}

//# sourceMappingURL=segment-committer.js.map
