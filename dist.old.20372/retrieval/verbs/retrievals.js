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
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Inject, Injectable } from '@nestjs/common';
import { DagStore } from '../../storage/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { roomQueueToken } from '../../platform/queue/index.js';
import { canonicalCid, Clock, messageOf } from '../../shared/index.js';
import { DagUnknown, RetrievalFailed, RetrievalNotFound } from '../domain/retrieval.errors.js';
import { retrievalQueue } from '../jobs/retrieval.queue.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
/** Right after a failure the same answer is given again instead of asking every miner once more. */ const COOLING_MS = 2_000;
/** The rest waits for the next sweep. */ const SWEEP_BATCH = 100;
export class Retrievals {
    constructor(store, dags, queue, clock, logger){
        this.store = store;
        this.dags = dags;
        this.queue = queue;
        this.clock = clock;
        this.logger = logger;
    }
    /**
   * Asks for a DAG to be retrieved. However many ask, one retrieval runs, and all get its id.
   * @throws DagUnknown when nothing stored here ever had this root.
   */ async request(root) {
        const text = canonicalCid(root);
        if (!await this.dags.find(root)) throw new DagUnknown(`nothing stored here has the root ${text}`);
        const last = await this.store.latest(text);
        if (last?.live) return last.id;
        if (last?.state === 'failed' && this.clock.now().getTime() - last.updatedAt.getTime() < COOLING_MS) return last.id;
        const { id, created, attempts } = await this.store.request(text);
        if (created) await this.queue.add('fetch', {
            retrievalId: id,
            attempts
        }).catch((error)=>{
            // The row is there, so the sweep will find it.
            this.logger.warn({
                retrievalId: id,
                error: messageOf(error)
            }, 'the queue did not take a retrieval');
        });
        return id;
    }
    /** Hands retrievals to the queue that nobody works on: the queue forgot them, or their worker died. Says how many. */ async sweep() {
        const lost = await this.store.findUnleased(SWEEP_BATCH);
        if (lost.length > 0) await this.queue.addMany('fetch', lost.map(({ id, attempts })=>({
                retrievalId: id,
                attempts
            })));
        return lost.length;
    }
    /**
   * True when it is over and well, false while it runs.
   * @throws RetrievalFailed with the reason of each miner, RetrievalNotFound.
   */ async isStored(id) {
        const retrieval = await this.store.find(id);
        if (!retrieval) throw new RetrievalNotFound(`no retrieval ${id}`);
        if (retrieval.state === 'failed') throw new RetrievalFailed(retrieval.root, id, retrieval.reasons);
        return retrieval.state === 'stored';
    }
    /** @throws RetrievalNotFound */ async byId(id) {
        return this.timeline(await this.store.find(id));
    }
    /** The newest of this root. @throws RetrievalNotFound */ async byRoot(root) {
        return this.timeline(await this.store.latest(canonicalCid(root)));
    }
    /** Newest first. */ async recent(limit) {
        return this.store.recent(limit);
    }
    /** Over all retrievals that there ever were. */ async figures() {
        return this.store.figures();
    }
    async timeline(retrieval) {
        if (!retrieval) throw new RetrievalNotFound('no such retrieval');
        return {
            retrieval,
            transitions: await this.store.transitions(retrieval.id)
        };
    }
}
Retrievals = _ts_decorate([
    Injectable(),
    _ts_param(2, Inject(roomQueueToken(retrievalQueue))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PostgresRetrievalStore === "undefined" ? Object : PostgresRetrievalStore,
        typeof DagStore === "undefined" ? Object : DagStore,
        typeof RoomQueue === "undefined" ? Object : RoomQueue,
        typeof Clock === "undefined" ? Object : Clock,
        typeof AppLogger === "undefined" ? Object : AppLogger
    ])
], Retrievals);

//# sourceMappingURL=retrievals.js.map
