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
import { hashMatches } from '../../ipld/index.js';
import { AppConfig } from '../../config/index.js';
import { CarFiles } from '../../storage/index.js';
import { PieceHasher, PieceSource } from '../../deals/index.js';
import { messageOf } from '../../shared/index.js';
import { readCar } from '../domain/car-stream.js';
import { FetchFailed, PieceUnavailable } from '../domain/retrieval.errors.js';
import { MinerFetcher } from '../ports/miner-fetcher.port.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { TransferStats } from './dag-session.js';
import { HolderDirectory } from './holder-directory.js';
export class RetrievePiece extends PieceSource {
    constructor(fetcher, directory, hasher, files, store, config){
        super(), this.fetcher = fetcher, this.directory = directory, this.hasher = hasher, this.files = files, this.store = store, this.config = config;
    }
    /**
   * See PieceSource: idempotent.
   * @throws PieceUnavailable with the reason of each holder; the signal's reason.
   */ async retrieve(piece, signal = new AbortController().signal) {
        if (await this.files.sizeOf(piece.carId) === piece.carBytes) return;
        const reasons = {};
        for (const holder of piece.holders){
            const stats = new TransferStats(piece.carBytes);
            let failure = null;
            try {
                await this.fromHolder(piece, holder, stats, signal);
            } catch (error) {
                signal.throwIfAborted();
                if (!(error instanceof FetchFailed)) throw error;
                failure = error;
                reasons[holder.miner] = `${error.reason}: ${error.message}`;
            }
            await this.measure(piece, holder, stats, failure);
            if (failure === null) return;
        }
        throw new PieceUnavailable(`piece ${piece.pieceCid} could not be retrieved from any of its ${piece.holders.length} holders`, {
            details: {
                reasons
            }
        });
    }
    async measure({ root }, { miner }, { bytes, firstByteMs, durationMs }, failure) {
        const source = 'http-piece';
        const report = failure && {
            miner,
            source,
            phase: bytes > 0 ? 'retrieval' : 'query',
            reason: failure.reason,
            message: messageOf(failure)
        };
        await this.store.pieceAttempted(root, {
            miner,
            source,
            ok: failure === null,
            report,
            firstByteMs,
            durationMs,
            bytes
        });
    }
    /** Straight into storage, checked on the way: what is not the piece leaves nothing behind. @throws FetchFailed */ async fromHolder(piece, holder, stats, signal) {
        const url = await this.directory.httpUrlOf(holder.miner);
        if (url === null) throw new FetchFailed('unreachable', 'the miner has no HTTP endpoint');
        const idleMs = this.config.values.RETRIEVAL_IDLE_SECONDS * 1000;
        const range = {
            offset: 0,
            length: piece.carBytes
        };
        const bytes = stats.count(this.fetcher.piece(url, piece.pieceCid, range, {
            signal,
            idleMs
        }));
        await this.files.putBack(piece.carId, this.verified(piece, withCheckedBlocks(bytes), signal));
    }
    /** Hands the bytes on, and fails at their end when they are not the piece. @throws FetchFailed */ async *verified(piece, bytes, signal) {
        const hashing = this.hasher.start(signal);
        try {
            for await (const chunk of bytes){
                await hashing.write(chunk);
                yield chunk;
            }
            const { pieceCid, pieceSize } = await hashing.digest();
            if (pieceCid !== piece.pieceCid || pieceSize !== piece.pieceSize) throw new FetchFailed('wrong-bytes', `what came is piece ${pieceCid} of ${pieceSize} bytes`);
        } finally{
            hashing.abandon();
        }
    }
}
RetrievePiece = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerFetcher === "undefined" ? Object : MinerFetcher,
        typeof HolderDirectory === "undefined" ? Object : HolderDirectory,
        typeof PieceHasher === "undefined" ? Object : PieceHasher,
        typeof CarFiles === "undefined" ? Object : CarFiles,
        typeof PostgresRetrievalStore === "undefined" ? Object : PostgresRetrievalStore,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], RetrievePiece);
/** Hands the bytes of a CAR on, each once the blocks that it begins were checked. @throws FetchFailed */ async function* withCheckedBlocks(source) {
    const passed = [];
    for await (const { cid, bytes } of readCar(keeping(passed, source))){
        if (!hashMatches(cid, bytes)) throw new FetchFailed('wrong-bytes', `the bytes of block ${cid.toString()} do not match its hash`);
        yield* passed.splice(0);
    }
    yield* passed.splice(0);
}
/** Puts aside what passes by. */ async function* keeping(passed, source) {
    for await (const chunk of source){
        passed.push(chunk);
        yield chunk;
    }
}

//# sourceMappingURL=retrieve-piece.js.map
