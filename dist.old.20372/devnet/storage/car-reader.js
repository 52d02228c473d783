import { Worker } from 'node:worker_threads';
import { pieceOf } from './piece-cid.js';
/** Reads CARs one after the other in a thread of its own, so that commP never holds up the network. */ export class CarReader {
    /**
   * One pass over the file. `onBlocks` gets the index while it goes on. Rejects when the file cannot be read or the
   * copy not written.
   */ read(job, onBlocks = ()=>undefined) {
        return new Promise((resolve, reject)=>{
            this.queue.push({
                job: {
                    ...job,
                    id: ++this.jobs
                },
                onBlocks,
                resolve,
                reject
            });
            this.next();
        });
    }
    /** Ends the thread; what was waiting never settles. */ async close() {
        this.closed = true;
        this.queue.length = 0;
        await this.worker?.terminate();
    }
    next() {
        if (this.current || this.closed) return;
        this.current = this.queue.shift();
        if (this.current) this.thread().postMessage(this.current.job);
    }
    thread() {
        if (this.worker) return this.worker;
        const worker = new Worker(new URL('./reader.worker.js', import.meta.url));
        worker.unref();
        worker.on('message', (reply)=>this.onReply(reply));
        worker.on('error', (error)=>{
            this.worker = undefined;
            this.finish((waiting)=>waiting.reject(error));
        });
        this.worker = worker;
        return worker;
    }
    onReply(reply) {
        if (this.closed || reply.id !== this.current?.job.id) return;
        if (reply.kind === 'blocks') this.current.onBlocks(reply.rows);
        else if (reply.kind === 'failed') this.finish((waiting)=>waiting.reject(new Error(reply.reason)));
        else {
            const { sha, size, malformed, piece } = reply;
            this.finish((waiting)=>waiting.resolve({
                    sha,
                    size,
                    malformed,
                    piece: piece && pieceOf(piece.root, piece.height)
                }));
        }
    }
    finish(settle) {
        const waiting = this.current;
        this.current = undefined;
        if (waiting) settle(waiting);
        this.next();
    }
    constructor(){
        this.queue = [];
        this.jobs = 0;
        this.closed = false;
    }
}

//# sourceMappingURL=car-reader.js.map
