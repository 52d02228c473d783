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
import { Database, execute, json, query } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { placeOf } from '../domain/car.js';
import { ADD_CARS, COMMIT_DAGS, SEAL_CARS } from './rebuild.sql.js';
export class PostgresRebuildStore {
    constructor(database, node){
        this.database = database;
        this.node = node;
    }
    /**
   * One transaction: the CARs with their copies here, and the DAGs in them. A root that is hot already keeps the runs
   * that it has.
   */ async keep(cars, dags) {
        const batch = {
            // Each was followed from its root to its last leaf.
            dags: dags.map((dag, n)=>({
                    ...dag,
                    n,
                    whole: true
                })),
            cars: cars.map(({ id, bytes })=>({
                    id,
                    bytes,
                    seal: null
                })),
            dead: []
        };
        await this.database.transaction(async (tx)=>{
            await execute(tx, ADD_CARS, [
                json(cars),
                this.node.processName('api'),
                placeOf(this.node.id)
            ]);
            await query(tx, COMMIT_DAGS, [
                json(batch)
            ]);
            await execute(tx, SEAL_CARS, [
                json(cars)
            ]);
        }, {
            timeout: 600_000
        });
    }
}
PostgresRebuildStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof NodeIdentity === "undefined" ? Object : NodeIdentity
    ])
], PostgresRebuildStore);

//# sourceMappingURL=postgres-rebuild.store.js.map
