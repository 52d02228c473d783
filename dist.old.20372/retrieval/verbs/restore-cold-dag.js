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
import { DagStore } from '../../storage/index.js';
import { ColdDags } from '../../pinning/index.js';
import { Clock } from '../../shared/index.js';
import { DagUnknown, RetrievalFailed, RetrievalNotFound } from '../domain/retrieval.errors.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { Retrievals } from './retrievals.js';
/** The row of the retrieval is looked at so often. */ const POLL_MS = 200;
export class RestoreColdDag extends ColdDags {
    constructor(dags, retrievals, store, clock){
        super(), this.dags = dags, this.retrievals = retrievals, this.store = store, this.clock = clock;
    }
    /**
   * True: it is hot. False: there is no copy, here or at any miner. Idempotent.
   * @throws RetrievalFailed with the reasons of the miners; the signal's reason.
   */ async restore(root, signal) {
        signal.throwIfAborted();
        const dag = await this.dags.find(root);
        if (!dag || dag.hot) return dag !== null;
        const id = await this.request(root);
        return id !== null && this.outcome(id, signal);
    }
    /** Null: its last content was deleted a moment ago. */ async request(root) {
        try {
            return await this.retrievals.request(root);
        } catch (error) {
            if (error instanceof DagUnknown) return null;
            throw error;
        }
    }
    /** Waits for the end, however long it takes: retrievals have time limits of their own. */ async outcome(id, signal) {
        for(;;){
            const retrieval = await this.store.find(id);
            if (!retrieval) throw new RetrievalNotFound(`no retrieval ${id}`);
            if (retrieval.state === 'stored') return true;
            if (retrieval.state === 'failed') {
                // No miner was ever known to hold it: then nobody could refuse it.
                if (retrieval.reasons.length > 0 && retrieval.reasons.every(({ source })=>source === 'locate')) return false;
                throw new RetrievalFailed(retrieval.root, id, retrieval.reasons);
            }
            await this.clock.sleep(POLL_MS, signal);
            signal.throwIfAborted();
        }
    }
}
RestoreColdDag = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof DagStore === "undefined" ? Object : DagStore,
        typeof Retrievals === "undefined" ? Object : Retrievals,
        typeof PostgresRetrievalStore === "undefined" ? Object : PostgresRetrievalStore,
        typeof Clock === "undefined" ? Object : Clock
    ])
], RestoreColdDag);

//# sourceMappingURL=restore-cold-dag.js.map
