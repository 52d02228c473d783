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
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { messageOf } from '../../shared/index.js';
import { partSteps, wholeSteps, worthTrying } from '../domain/ladder.js';
import { FetchFailed } from '../domain/retrieval.errors.js';
import { MinerFetcher } from '../ports/miner-fetcher.port.js';
import { NodeRetriever } from '../ports/node-retriever.port.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { HolderDirectory } from './holder-directory.js';
/** Miners that failed so recently are asked last. */ const FAILURES_COUNT_MS = 30 * 60_000;
/** What our node left on disk is read in steps of so many bytes. */ const READ_BYTES = 1024 * 1024;
export class RetrievalCoordinator {
    constructor(store, holders, fetcher, node, config){
        this.store = store;
        this.holders = holders;
        this.fetcher = fetcher;
        this.node = node;
        this.config = config;
    }
    /**
   * Fills the session from miners. Returns normally when no source could: the result says why.
   * @throws LeaseLost, the signal's reason, and what keeps the session from storing blocks.
   */ async run(lease, session, timeouts, signal) {
        const result = {
            source: null,
            miner: null,
            firstByteMs: null,
            cause: 'no source could give it',
            unreported: []
        };
        const parts = await this.holders.find(lease.root);
        const miners = [
            ...new Set(parts.flatMap((part)=>part.holders.map(({ miner })=>miner)))
        ];
        if (miners.length === 0) return {
            ...result,
            cause: 'no miner is known to hold it',
            unreported: [
                noHolder()
            ]
        };
        await this.store.transition(lease, 'fetching', `${miners.length} miners ought to hold it`);
        const failures = await this.store.recentFailures(miners, FAILURES_COUNT_MS);
        const context = {
            lease,
            session,
            timeouts,
            signal,
            answers: new Map(),
            result
        };
        await this.tryEach(context, wholeSteps(parts, failures), true);
        if (!session.complete && parts.length > 1) await this.byParts(context, parts, failures);
        return result;
    }
    /** The DAG lies over several pieces, and no miner gave the whole: each part from whoever has it. */ async byParts(context, parts, failures) {
        for (const [index, part] of parts.entries()){
            const last = index === parts.length - 1;
            context.answers.clear();
            if (!await this.tryEach(context, partSteps(part, failures), last)) {
                context.result.cause = `no miner gave part ${index + 1} of ${parts.length}`;
                return;
            }
        }
    }
    /** True as soon as one of them succeeded. */ async tryEach(context, steps, last) {
        for (const step of steps){
            if (worthTrying(step, context.answers) && await this.attempt(context, step, last)) return true;
        }
        return false;
    }
    /**
   * One try at one source, measured. True when it gave what it was asked for.
   * @throws what is no fault of the source.
   */ async attempt(context, step, last) {
        const { lease, session, timeouts, signal, answers, result } = context;
        const { source } = step;
        const { miner } = step.holder;
        const stats = session.newTransfer();
        const deadline = AbortSignal.timeout(Math.ceil(timeouts.totalMs));
        let report = null;
        try {
            const limits = {
                idleMs: timeouts.idleMs,
                signal: AbortSignal.any([
                    signal,
                    deadline
                ])
            };
            await this.receive(context, step, stats, last, limits);
            Object.assign(result, {
                source,
                miner,
                firstByteMs: result.firstByteMs ?? stats.firstByteMs
            });
        } catch (error) {
            signal.throwIfAborted();
            const failure = deadline.aborted ? new FetchFailed('timeout', `not done after ${Math.round(timeouts.totalMs / 1000)} s`) : error;
            if (!(failure instanceof FetchFailed)) throw failure;
            answers.set(miner, failure.reason);
            const phase = stats.bytes > 0 ? 'retrieval' : 'query';
            report = {
                miner,
                source,
                phase,
                reason: failure.reason,
                message: messageOf(failure)
            };
        }
        const { bytes, firstByteMs, durationMs } = stats;
        await this.store.attempted(lease, {
            miner,
            source,
            ok: report === null,
            report,
            firstByteMs,
            durationMs,
            bytes
        });
        return report === null;
    }
    /**
   * One rung of the ladder: its bytes go to the session, which verifies them.
   * @throws FetchFailed; what the session throws; the signal's reason.
   */ async receive({ lease, session }, step, stats, last, limits) {
        switch(step.source){
            case 'http-car':
                return session.receiveCar(stats.count(this.fetcher.car(urlOf(step), lease.root, limits)));
            case 'http-piece':
                {
                    const { part } = step;
                    if (!part?.pieceCid) throw new FetchFailed('not-held', 'its piece has no commitment yet');
                    const range = {
                        offset: part.offset,
                        length: part.length
                    };
                    const sections = this.fetcher.piece(urlOf(step), part.pieceCid, range, limits);
                    return session.receiveSections(stats.count(sections), last);
                }
            case 'lotus':
                return this.receiveThroughNode(step, lease, session, stats, limits.signal);
        }
    }
    /** Our Filecoin node leaves a CAR in a file; it goes as soon as it was read. */ async receiveThroughNode({ holder: { miner }, part }, { id, number, root }, session, stats, signal) {
        const folder = this.config.inData('retrieval');
        const file = path.join(folder, `${id}-${number}-${miner}.car`);
        await mkdir(folder, {
            recursive: true
        });
        try {
            await this.node.retrieve({
                root,
                pieceCid: part?.pieceCid ?? null,
                miner
            }, file, signal);
            await session.receiveCar(stats.count(createReadStream(file, {
                highWaterMark: READ_BYTES,
                signal
            })));
        } finally{
            await rm(file, {
                force: true
            });
        }
    }
}
RetrievalCoordinator = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PostgresRetrievalStore === "undefined" ? Object : PostgresRetrievalStore,
        typeof HolderDirectory === "undefined" ? Object : HolderDirectory,
        typeof MinerFetcher === "undefined" ? Object : MinerFetcher,
        typeof NodeRetriever === "undefined" ? Object : NodeRetriever,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], RetrievalCoordinator);
function urlOf({ holder: { httpUrl } }) {
    if (httpUrl === null) throw new FetchFailed('unreachable', 'the miner has no HTTP endpoint');
    return httpUrl;
}
function noHolder() {
    const message = 'no miner has a deal for a piece that contains it';
    return {
        miner: null,
        source: 'locate',
        phase: 'locate',
        reason: 'not-held',
        message
    };
}

//# sourceMappingURL=retrieval-coordinator.js.map
