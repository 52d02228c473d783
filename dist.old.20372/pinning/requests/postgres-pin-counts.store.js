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
import { userId } from '../../shared/index.js';
import { PinCounts } from './pin-store.port.js';
import { COUNT_BY_STATUS, COUNT_OF_USERS, FOLD } from './pins.sql.js';
export class PostgresPinCounts extends PinCounts {
    constructor(database){
        super(), this.database = database;
    }
    async byStatus() {
        const rows = await query(this.database, COUNT_BY_STATUS, []);
        return {
            queued: 0,
            pinning: 0,
            pinned: 0,
            failed: 0,
            ...Object.fromEntries(rows.map((row)=>[
                    row.status,
                    Number(row.pins)
                ]))
        };
    }
    async ofUsers(users) {
        const rows = await query(this.database, COUNT_OF_USERS, [
            users
        ]);
        return new Map(rows.map((row)=>[
                userId(row.user_id),
                Number(row.pins)
            ]));
    }
    async fold(most) {
        const [row] = await query(this.database, FOLD, [
            most
        ]);
        return row?.folded ?? 0;
    }
}
PostgresPinCounts = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database
    ])
], PostgresPinCounts);

//# sourceMappingURL=postgres-pin-counts.store.js.map
