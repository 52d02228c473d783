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
import { AppConfig } from '../../config/index.js';
import { LeaseLost } from '../../platform/leases/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, DomainError, parseCid } from '../../shared/index.js';
import { DagStore } from '../../storage/index.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { DagSession } from './dag-session.js';
import { RetrievalCoordinator } from './retrieval-coordinator.js';
/** How long a retrieval belongs to a worker that gives no sign of life. */ const LEASE_MS = 9_000;
const NOTHING = {
    source: null,
    miner: null,
    bytes: 0,
    blocks: 0,
    firstByteMs: null,
    durationMs: 0,
    cause: ''
};
export class RetrieveDagFromMiner {
    constructor(store, dags, coordinator, config, clock, logger){
        this.store = store;
        this.dags = dags;
        this.coordinator = coordinator;
        this.config = config;
        this.clock = clock;
        this.logger = logger;
    }
    /**
   * Does nothing when the retrieval is over or leased by another worker: jobs may come twice.
   * @throws the signal's reason, after the lease was given back.
   */ async run(id, signal) {
        const lease = await this.store.claim(id, LEASE_MS);
        if (!lease) return;
        const lost = new AbortController();
        const extending = setInterval(()=>void this.extend(lease, lost), LEASE_MS / 3);
        try {
            await this.fetch(lease, AbortSignal.any([
                signal,
                lost.signal
            ]));
        } catch (error) {
            if (error instanceof LeaseLost || lost.signal.aborted) return;
            await this.store.release(lease);
            throw error;
        } finally{
            clearInterval(extending);
        }
    }
    /** A database that does not answer does not end the lease; a lease that is lost ends the work. */ async extend(lease, lost) {
        const kept = await this.store.extend(lease, LEASE_MS).catch(()=>true);
        if (!kept) lost.abort(new LeaseLost(`retrieval ${lease.id} belongs to another worker now`));
    }
    /** From locating to the end. What the DAG store refuses (a full disk) fails the retrieval by name. */ async fetch(lease, signal) {
        const start = this.clock.monotonicMs();
        const root = parseCid(lease.root);
        const dag = root && await this.dags.find(root);
        if (!dag) return this.store.failed(lease, {
            ...NOTHING,
            cause: 'nothing stored here has this root (any more)'
        }, []);
        if (dag.hot) return this.store.stored(lease, {
            ...NOTHING,
            source: 'hot',
            bytes: dag.carBytes,
            blocks: dag.blocks,
            cause: 'it is on this node already'
        });
        const session = new DagSession(this.dags, root, dag, this.clock);
        try {
            await this.retrieve(lease, session, dag, signal, start);
        } catch (error) {
            await session.abort();
            if (signal.aborted || error instanceof LeaseLost || !(error instanceof DomainError)) throw error;
            this.logger.warn({
                retrievalId: lease.id,
                root: lease.root,
                code: error.code,
                error: error.message
            }, 'a retrieved DAG could not be stored');
            const report = {
                miner: null,
                source: 'store',
                phase: 'store',
                reason: error.code,
                message: error.message
            };
            await this.store.failed(lease, {
                ...NOTHING,
                durationMs: this.elapsed(start),
                cause: error.message
            }, [
                report
            ]);
        }
    }
    /** @throws what keeps blocks from being stored. */ async retrieve(lease, session, dag, signal, start) {
        await this.dags.ensureSpace(dag.carBytes);
        const result = await this.coordinator.run(lease, session, this.timeouts(dag), signal);
        const outcome = {
            source: result.source,
            miner: result.miner,
            bytes: session.bytes,
            blocks: session.blocks,
            firstByteMs: result.firstByteMs
        };
        if (!session.complete) {
            await session.abort();
            return this.store.failed(lease, {
                ...outcome,
                bytes: 0,
                blocks: 0,
                durationMs: this.elapsed(start),
                cause: result.cause
            }, result.unreported);
        }
        await this.store.transition(lease, 'verified', `${session.blocks} blocks verified`);
        await session.restore();
        await this.store.stored(lease, {
            ...outcome,
            durationMs: this.elapsed(start),
            cause: 'stored again'
        });
        this.logger.info({
            retrievalId: lease.id,
            root: lease.root,
            miner: result.miner,
            source: result.source,
            ms: this.elapsed(start)
        }, 'retrieved');
    }
    timeouts(dag) {
        const { RETRIEVAL_IDLE_SECONDS, RETRIEVAL_TIMEOUT_SECONDS } = this.config.values;
        // Large DAGs get the time that a megabyte per second would take on top.
        return {
            idleMs: RETRIEVAL_IDLE_SECONDS * 1000,
            totalMs: Math.ceil(RETRIEVAL_TIMEOUT_SECONDS * 1000 + dag.carBytes / 1000)
        };
    }
    elapsed(start) {
        return Math.round(this.clock.monotonicMs() - start);
    }
}
RetrieveDagFromMiner = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PostgresRetrievalStore === "undefined" ? Object : PostgresRetrievalStore,
        typeof DagStore === "undefined" ? Object : DagStore,
        typeof RetrievalCoordinator === "undefined" ? Object : RetrievalCoordinator,
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof Clock === "undefined" ? Object : Clock,
        typeof AppLogger === "undefined" ? Object : AppLogger
    ])
], RetrieveDagFromMiner);

//# sourceMappingURL=retrieve-dag-from-miner.js.map
