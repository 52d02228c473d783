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
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, json, query } from '../../platform/prisma/index.js';
import { Clock, userId } from '../../shared/index.js';
import { PinLeaseLost } from '../pinning.errors.js';
import { pinChanged } from '../pinning.events.js';
import { pinOf } from '../requests/pins.sql.js';
import { PinLeases } from './pin-leases.port.js';
import * as statements from './pin-leases.sql.js';
export class PostgresPinLeases extends PinLeases {
    constructor(database, outbox, clock){
        super(), this.database = database, this.outbox = outbox, this.clock = clock;
    }
    async claimNext(now, until, weights) {
        const values = [
            now,
            until,
            [
                ...weights.keys()
            ],
            [
                ...weights.values()
            ]
        ];
        const [row] = await query(this.database, statements.CLAIM_NEXT, [
            ...values
        ]);
        return row ? {
            pin: pinOf(row),
            leaseNumber: row.lease_number
        } : null;
    }
    async extend(beats, until) {
        if (beats.length === 0) return [];
        const rows = await query(this.database, statements.EXTEND, [
            until,
            beats.map(({ claim })=>claim.pin.requestId),
            beats.map(({ claim })=>claim.leaseNumber),
            beats.map(({ progress })=>json(progress)),
            beats.map(({ lookedMs })=>Math.round(lookedMs))
        ]);
        const extended = new Map(rows.map((row)=>[
                row.request_id,
                row.lease_number
            ]));
        return beats.map(({ claim })=>claim).filter(({ pin, leaseNumber })=>extended.get(pin.requestId) !== leaseNumber);
    }
    async pinned(tx, claim, contentId, progress) {
        const { pin, leaseNumber } = claim;
        const info = progress && json(progress);
        const values = [
            pin.requestId,
            leaseNumber,
            contentId,
            this.clock.now(),
            info
        ];
        if (await execute(tx, statements.PINNED, [
            ...values
        ]) !== 1) throw new PinLeaseLost(`the pin ${pin.requestId} was removed meanwhile`);
        const { requestId, userId: owner, cid } = pin;
        await this.outbox.add(tx, pinChanged, {
            requestId,
            userId: owner,
            cid,
            status: 'pinned',
            reason: null
        });
    }
    release(claim, nextCheckAt, lookedMs) {
        return this.settle(claim, statements.RELEASE, [
            nextCheckAt,
            Math.round(lookedMs)
        ]);
    }
    retry(claim, nextCheckAt, reason) {
        return this.settle(claim, statements.RETRY, [
            nextCheckAt,
            reason
        ]);
    }
    fail(claim, reason) {
        return this.settle(claim, statements.FAIL, [
            reason
        ]);
    }
    async reclaim(now, mostCutOffs) {
        return (await query(this.database, statements.RECLAIM, [
            now,
            mostCutOffs
        ])).length;
    }
    async shares(now, mostDue) {
        const rows = await query(this.database, statements.SHARES, [
            now,
            mostDue
        ]);
        return rows.map((row)=>({
                userId: userId(row.user_id),
                running: row.running,
                due: row.due
            }));
    }
    async oldestSeconds(now) {
        const [oldest] = await query(this.database, statements.OLDEST_QUEUED, []);
        return oldest ? Math.max(0, (now.getTime() - oldest.created_at.getTime()) / 1000) : 0;
    }
    /** Ends a claim, with the announcement of what became of the pin; nothing happens when the lease is lost. */ async settle({ pin, leaseNumber }, statement, rest) {
        await query(this.database, statement, [
            pin.requestId,
            leaseNumber,
            this.clock.now(),
            ...rest
        ]);
    }
}
PostgresPinLeases = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof Outbox === "undefined" ? Object : Outbox,
        typeof Clock === "undefined" ? Object : Clock
    ])
], PostgresPinLeases);

//# sourceMappingURL=postgres-pin-leases.store.js.map
