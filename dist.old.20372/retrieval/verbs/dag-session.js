import { hashMatches } from '../../ipld/index.js';
import { SystemClock } from '../../shared/index.js';
import { readCar, readStretch } from '../domain/car-stream.js';
import { DagProgress } from '../domain/dag-progress.js';
import { FetchFailed } from '../domain/retrieval.errors.js';
/** A CAR of the DAG is hardly larger than what was stored; whoever sends more wants to fill our disk. */ const SLACK_BYTES = 1024 * 1024;
/** What one source has sent so far; times are milliseconds since it was asked. */ export class TransferStats {
    constructor(maxBytes, clock = new SystemClock()){
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.bytes = 0;
        this.firstByteMs = null;
        this.start = clock.monotonicMs();
    }
    get durationMs() {
        return Math.round(this.clock.monotonicMs() - this.start);
    }
    /**
   * Passes a stream on and counts it.
   * @throws FetchFailed 'wrong-bytes' when more comes than can belong to it.
   */ async *count(source) {
        for await (const chunk of source){
            this.firstByteMs ??= this.durationMs;
            this.bytes += chunk.length;
            if (this.bytes > this.maxBytes) throw new FetchFailed('wrong-bytes', `more than ${this.maxBytes} bytes came for a DAG that has fewer`);
            yield chunk;
        }
    }
}
/** A DAG on its way back: what is verified goes to disk at once, and stays when the next source takes over. */ export class DagSession {
    constructor(store, root, dag, clock){
        this.store = store;
        this.root = root;
        this.dag = dag;
        this.clock = clock;
        this.intake = null;
        this.progress = new DagProgress(root, hashMatches);
    }
    /** All is here: nothing is missing, or nothing that was ever stored (DAGs uploaded with holes stay as they were). */ get complete() {
        return this.progress.complete || this.progress.strays === 0 && this.progress.blocks >= this.dag.blocks;
    }
    get blocks() {
        return this.progress.blocks;
    }
    get bytes() {
        return this.intake?.bytes ?? 0;
    }
    /** Counts one attempt's bytes, up to a bound that no honest source reaches. */ newTransfer() {
        return new TransferStats(2 * this.dag.carBytes + SLACK_BYTES, this.clock);
    }
    /**
   * A CAR from the root down.
   * @throws FetchFailed 'wrong-bytes' or 'truncated'; what was verified before stays.
   */ async receiveCar(source) {
        this.progress.begin();
        for await (const { cid, bytes } of readCar(source)){
            if (this.progress.accept(cid, bytes)) await this.keep({
                cid,
                bytes
            });
            if (this.progress.complete) return;
        }
        this.assertComplete();
    }
    /**
   * A stretch of sections in any order. `last`: with it the DAG has to be whole.
   * @throws FetchFailed 'wrong-bytes' (blocks that the DAG does not link to make it forget everything) or 'truncated'.
   */ async receiveSections(source, last) {
        this.progress.begin();
        for await (const { cid, bytes } of readStretch(source)){
            if (this.progress.acceptUnordered(cid, bytes)) await this.keep({
                cid,
                bytes
            });
        }
        if (!last) return;
        const strays = this.progress.strays;
        if (strays > 0) {
            await this.abort();
            throw new FetchFailed('wrong-bytes', `${strays} blocks came that the DAG does not link to`);
        }
        this.assertComplete();
    }
    /** Makes the DAG hot again (see DagIntake.restore); the session is over. */ async restore() {
        const intake = await this.opened();
        this.intake = null;
        return intake.restore(this.root);
    }
    /** Forgets everything that came. */ async abort() {
        const intake = this.intake;
        this.intake = null;
        this.progress = new DagProgress(this.root, hashMatches);
        await intake?.abort();
    }
    /** @throws FetchFailed 'truncated': what came was right, and not all. */ assertComplete() {
        if (!this.complete) throw new FetchFailed('truncated', `the stream ended after ${this.progress.blocks} of ${this.dag.blocks} blocks`);
    }
    /** To disk; a full disk is no fault of the miner, and is thrown as it is. */ async keep({ cid, bytes }) {
        const intake = await this.opened();
        await intake.put(cid, bytes);
    }
    /** The CAR that blocks go to is opened with the first one. */ async opened() {
        this.intake ??= await this.store.begin('copy');
        return this.intake;
    }
}

//# sourceMappingURL=dag-session.js.map
