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
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { AppConfig } from '../../config/index.js';
import { PieceHasher } from '../../deals/index.js';
/** multicodec fil-commitment-unsealed and sha2-256-trunc254-padded: what `baga6ea4sea...` is made of. */ const FIL_COMMITMENT_UNSEALED = 0xf101;
const SHA2_256_TRUNC254_PADDED = 0x1012;
/** The smallest piece: four 32-byte nodes. */ const MIN_HEIGHT = 2;
/** Bytes of one piece that may be on their way to a thread: enough to keep it at work. */ const MOST_IN_FLIGHT = 4 * 1024 * 1024;
/** A thread runs the compiled file; under jest and type stripping the source beside this one. */ const WORKER_FILE = new URL(import.meta.url.endsWith('.ts') ? './commp.worker.ts' : './commp.worker.js', import.meta.url);
export class WorkerPieceHasher extends PieceHasher {
    constructor(config){
        super(), this.config = config, this.threads = [], this.lastId = 0, this.stopped = false;
    }
    start(signal) {
        signal?.throwIfAborted();
        if (this.stopped) throw new Error('shutting down');
        return new ThreadHashing(this.thread(), this.lastId += 1, signal);
    }
    async onApplicationShutdown() {
        this.stopped = true;
        await Promise.all(this.threads.splice(0).map((thread)=>thread.end(new Error('shutting down'))));
    }
    /** The one with the fewest pieces; another one as long as there may be more and all are at work. */ thread() {
        const [idlest] = this.threads.sort((a, b)=>a.pieces.size - b.pieces.size);
        if (idlest && (idlest.pieces.size === 0 || this.threads.length >= this.config.values.COMMP_THREADS)) return idlest;
        const thread = new HashingThread((died)=>void this.threads.splice(this.threads.indexOf(died), 1));
        this.threads.push(thread);
        return thread;
    }
}
WorkerPieceHasher = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], WorkerPieceHasher);
/** One thread and the pieces that it hashes. When it dies, they fail, and nothing else does. */ let HashingThread = class HashingThread {
    constructor(onDeath){
        this.pieces = new Map();
        this.worker = new Worker(WORKER_FILE);
        this.over = false;
        this.worker.unref();
        this.worker.on('message', (answer)=>this.pieces.get(answer.id)?.hear(answer));
        const lose = (error)=>{
            if (!this.over) onDeath(this);
            this.fail(error);
        };
        this.worker.on('error', lose);
        this.worker.on('exit', ()=>lose(new Error('the hashing thread ended')));
    }
    add(id, piece) {
        if (this.pieces.size === 0) this.worker.ref();
        this.pieces.set(id, piece);
    }
    remove(id) {
        this.pieces.delete(id);
        if (this.pieces.size === 0) this.worker.unref();
    }
    post(message) {
        this.worker.postMessage(message);
    }
    async end(reason) {
        this.fail(reason);
        await this.worker.terminate();
    }
    fail(error) {
        this.over = true;
        for (const piece of [
            ...this.pieces.values()
        ])piece.fail(error);
    }
};
/** One piece on its thread. */ let ThreadHashing = class ThreadHashing {
    constructor(thread, id, signal){
        this.thread = thread;
        this.id = id;
        this.signal = signal;
        this.inFlight = 0;
        this.failure = null;
        this.commitment = null;
        /** Who waits for an answer of the thread: one caller at a time. */ this.waiting = null;
        thread.add(id, this);
        this.onAbort = ()=>{
            thread.post({
                id,
                end: 'abandon'
            });
            this.fail(signal?.reason);
        };
        signal?.addEventListener('abort', this.onAbort, {
            once: true
        });
    }
    async write(bytes) {
        if (this.failure) throw this.failure.error;
        this.inFlight += bytes.length;
        this.thread.post({
            id: this.id,
            bytes
        });
        while(this.inFlight > MOST_IN_FLIGHT)await this.answer();
    }
    async digest() {
        if (this.failure) throw this.failure.error;
        this.thread.post({
            id: this.id,
            end: 'digest'
        });
        while(this.commitment === null)await this.answer();
        this.close();
        return pieceCommitment(this.commitment);
    }
    abandon() {
        if (this.failure || this.commitment) return;
        this.thread.post({
            id: this.id,
            end: 'abandon'
        });
        this.fail(new Error('given up'));
    }
    hear(answer) {
        if ('failure' in answer) return this.fail(new Error(answer.failure));
        if ('written' in answer) this.inFlight -= answer.written;
        else this.commitment = answer.commitment;
        this.waiting?.resolve();
    }
    fail(error) {
        this.failure ??= {
            error
        };
        this.close();
        this.waiting?.resolve();
    }
    async answer() {
        this.waiting = Promise.withResolvers();
        await this.waiting.promise;
        this.waiting = null;
        if (this.failure) throw this.failure.error;
    }
    close() {
        this.signal?.removeEventListener('abort', this.onAbort);
        this.thread.remove(this.id);
    }
};
/**
 * Pieces under 127 bytes make a tree too small: the missing levels are zeros, which the hasher has padded already.
 */ function pieceCommitment({ root, height }) {
    if (height < MIN_HEIGHT) throw new Error(`a tree of height ${height} is no piece`);
    const cid = CID.createV1(FIL_COMMITMENT_UNSEALED, createDigest(SHA2_256_TRUNC254_PADDED, root));
    return {
        pieceCid: cid.toString(),
        pieceSize: 32n << BigInt(height)
    };
}

//# sourceMappingURL=worker-piece-hasher.js.map
