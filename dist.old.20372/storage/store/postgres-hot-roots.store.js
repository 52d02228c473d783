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
import { Database, query } from '../../platform/prisma/index.js';
import { HotRoots } from '../ports/hot-roots.port.js';
import { DAGS_PAGE, HOT_AMONG } from './dag.sql.js';
export class PostgresHotRootsStore extends HotRoots {
    constructor(database){
        super(), this.database = database;
    }
    async among(roots) {
        if (roots.length === 0) return new Map();
        const rows = await query(this.database, HOT_AMONG, [
            roots
        ]);
        return new Map(rows.map(({ root, size })=>[
                root,
                Number(size)
            ]));
    }
    async page(after, limit) {
        const rows = await query(this.database, DAGS_PAGE, [
            after,
            limit
        ]);
        const last = rows.at(-1);
        return {
            roots: rows.filter(({ hot })=>hot).map(({ root })=>root),
            next: last && rows.length === limit ? last.id : null
        };
    }
}
PostgresHotRootsStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database
    ])
], PostgresHotRootsStore);

//# sourceMappingURL=postgres-hot-roots.store.js.map
