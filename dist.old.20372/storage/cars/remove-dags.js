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
import { PostgresDagStore } from '../store/postgres-dag.store.js';
import { CarReclaimer } from './car-reclaimer.js';
export class RemoveDags {
    constructor(dags, reclaimer){
        this.dags = dags;
        this.reclaimer = reclaimer;
    }
    /**
   * Locks the DAG's row to the end of the transaction. First of all: commits, removals and restores of one DAG take
   * turns.
   */ lock(tx, dagId) {
        return this.dags.lock(tx, dagId);
    }
    /** The last reference to a locked DAG is gone: its runs are dead, and `dag.gone` is announced. */ drop(tx, dag) {
        return this.dags.drop(tx, dag);
    }
    /** The DAG leaves this node; its original runs stay as rows. Null when it is not hot. @throws NotOffloadable */ offload(tx, root) {
        return this.dags.offload(tx, root);
    }
    /** After the transaction. May be repeated; a sweep of another process may be faster. */ async reclaim({ files, stretches }) {
        for (const { carId, stretches: dead } of stretches)await this.reclaimer.hide(carId, dead);
        for (const carId of files)await this.reclaimer.remove(carId);
    }
}
RemoveDags = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof PostgresDagStore === "undefined" ? Object : PostgresDagStore,
        typeof CarReclaimer === "undefined" ? Object : CarReclaimer
    ])
], RemoveDags);

//# sourceMappingURL=remove-dags.js.map
