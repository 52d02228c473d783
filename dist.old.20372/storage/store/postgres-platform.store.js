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
import { Database, execute, query } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId } from '../../shared/index.js';
import { placeOf } from '../domain/car.js';
import { END_HOLD, EXPECTED_FILES, EXTEND_HOLD, IDENTITY, IS_HELD, KNOWN_CARS, NEW_IDENTITY, NEXT_GENERATION, TAKE_HOLD, TAKE_IDENTITY } from './platform.sql.js';
export class PostgresPlatformStore {
    constructor(database, node){
        this.database = database;
        this.node = node;
    }
    async identity() {
        const [row] = await query(this.database, IDENTITY, []);
        if (row) return {
            id: row.id,
            generation: row.generation,
            knowsCars: row.knows_cars
        };
        await execute(this.database, NEW_IDENTITY, []);
        return this.identity();
    }
    /** Counts on, above `seen`. Durable when it resolves: the folder may write the number down. */ async nextGeneration(seen) {
        const [row] = await query(this.database, NEXT_GENERATION, [
            seen
        ]);
        if (!row) throw new Error('the database has no platform id');
        return row.generation;
    }
    /** The database belongs to the platform of this id from now on. */ async takeIdentity(id) {
        await execute(this.database, TAKE_IDENTITY, [
            id
        ]);
    }
    /** Of these CARs, those that the database knows, in whatever state. */ async known(ids) {
        return new Set((await query(this.database, KNOWN_CARS, [
            ids
        ])).map(({ id })=>carId(id)));
    }
    /** CARs that somebody wants and whose bytes should lie in this node's folder. */ async expectedHere() {
        return (await query(this.database, EXPECTED_FILES, [
            placeOf(this.node.id)
        ])).map(({ id })=>carId(id));
    }
    /** Nobody removes a CAR file from now on and for so long, whatever rows say. Answers the hold's id. */ async hold(reason, ms) {
        const [row] = await query(this.database, TAKE_HOLD, [
            reason,
            ms
        ]);
        if (!row) throw new Error('a hold was to be made');
        return row.id;
    }
    /** False when the hold had run out: files may have been removed meanwhile. */ async extendHold(id, ms) {
        return await execute(this.database, EXTEND_HOLD, [
            id,
            ms
        ]) === 1;
    }
    async endHold(id) {
        await execute(this.database, END_HOLD, [
            id
        ]);
    }
    /** Whether files have to stay. Asked after the rows that give a file up have committed, and before it is removed. */ async isHeld() {
        const [row] = await query(this.database, IS_HELD, []);
        return row?.held === true;
    }
}
PostgresPlatformStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof NodeIdentity === "undefined" ? Object : NodeIdentity
    ])
], PostgresPlatformStore);

//# sourceMappingURL=postgres-platform.store.js.map
