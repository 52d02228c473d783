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
import { COUNT_BLOCKS } from './dag-figures.sql.js';
export class DagFigures {
    constructor(database){
        this.database = database;
    }
    /** Blocks of all DAGs that were ever stored. */ async countBlocks() {
        const [row] = await query(this.database, COUNT_BLOCKS, []);
        return Number(row?.blocks ?? 0);
    }
    /** Row ids of the DAGs with these roots (CIDv1 text); unknown roots are not in the answer. */ async idsOf(roots) {
        if (roots.length === 0) return new Map();
        const rows = await this.database.dag.findMany({
            where: {
                root: {
                    in: [
                        ...roots
                    ]
                }
            },
            select: {
                id: true,
                root: true
            }
        });
        return new Map(rows.map(({ id, root })=>[
                root,
                id
            ]));
    }
}
DagFigures = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database
    ])
], DagFigures);

//# sourceMappingURL=dag-figures.query.js.map
