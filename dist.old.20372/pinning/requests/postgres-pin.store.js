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
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, execute, query } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import { PinQuotaUsedUp } from '../pinning.errors.js';
import { addPins, PinCommitter } from './pin-committer.store.js';
import { listing } from './pin-list.sql.js';
import { PinStore } from './pin-store.port.js';
import * as statements from './pins.sql.js';
import { isRequestId, isRowId, pinOf } from './pins.sql.js';
export class PostgresPinStore extends PinStore {
    constructor(database, clock){
        super(), this.database = database, this.clock = clock;
        this.committer = new PinCommitter(database, clock);
    }
    add(pin) {
        return this.committer.one(pin);
    }
    addAll(pins) {
        return this.committer.many(pins);
    }
    async findAll(userId, ids) {
        const [requestIds, contentIds] = [
            ids.requestIds.filter(isRequestId),
            ids.contentIds.filter(isRowId)
        ];
        return (await query(this.database, statements.FIND_ALL, [
            userId,
            requestIds,
            contentIds
        ])).map(pinOf);
    }
    async replace(requestId, pin) {
        if (!isRequestId(requestId)) return null;
        const [fresh, now] = [
            randomUUID(),
            this.clock.now()
        ];
        return this.database.transaction(async (tx)=>{
            if (await execute(tx, statements.REPLACE, [
                requestId,
                pin.userId,
                now,
                fresh
            ]) === 0) return null;
            await execute(tx, statements.PASS_ON, [
                requestId,
                fresh
            ]);
            const [stored] = await addPins(tx, [
                pin
            ], now, [
                fresh
            ]);
            if (!stored) throw new PinQuotaUsedUp();
            return stored;
        });
    }
    async find(userId, requestId) {
        if (!isRequestId(requestId)) return null;
        const [row] = await query(this.database, statements.FIND, [
            requestId,
            userId
        ]);
        return row ? pinOf(row) : null;
    }
    async list(userId, filter) {
        const { statement, values } = listing(userId, {
            ...filter,
            statuses: [
                ...new Set(filter.statuses)
            ]
        });
        const rows = await query(this.database, statement, values);
        return {
            count: Number(rows[0]?.count ?? 0),
            pins: rows.flatMap((row)=>row.request_id === null ? [] : [
                    pinOf(row)
                ])
        };
    }
    async remove(userId, requestId) {
        if (!isRequestId(requestId)) return null;
        const [row] = await query(this.database, statements.REMOVE, [
            requestId,
            userId,
            this.clock.now()
        ]);
        return row ? pinOf(row) : null;
    }
    async removed(limit) {
        return (await query(this.database, statements.REMOVED, [
            limit
        ])).map(pinOf);
    }
    async purge(requestId) {
        await execute(this.database, statements.PURGE, [
            requestId
        ]);
    }
    async removeOf(contentId) {
        await execute(this.database, statements.REMOVE_OF_CONTENT, [
            contentId
        ]);
    }
}
PostgresPinStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof Clock === "undefined" ? Object : Clock
    ])
], PostgresPinStore);

//# sourceMappingURL=postgres-pin.store.js.map
