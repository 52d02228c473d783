import { DatabaseRefill, DatabaseSnapshot, query } from '../../platform/prisma/index.js';
import { placeOf } from '../domain/car.js';
import { CARS_ELSEWHERE, CARS_TO_KEEP } from './backup.sql.js';
/** Holds of the moment of a backup: a restored platform has nothing to hold back. */ const LEFT_OUT = new Set([
    'removal_holds'
]);
/** Every database has these rows from the beginning. */ const NEVER_EMPTY = new Set([
    'platform_identity'
]);
/** All rows of the platform at one moment. Close it. */ export class BackupRows {
    constructor(snapshot, place){
        this.snapshot = snapshot;
        this.place = place;
    }
    static async open(config, node) {
        return new BackupRows(await DatabaseSnapshot.open(config), placeOf(node.id));
    }
    async tables() {
        return (await this.snapshot.tables()).filter(({ name })=>!LEFT_OUT.has(name));
    }
    copyOut(table) {
        return this.snapshot.copyOut(table);
    }
    async sequences() {
        return this.snapshot.sequences();
    }
    async migrations() {
        return this.snapshot.migrations();
    }
    /** CARs of this node that are wanted, and how much of each. */ async carsHere() {
        const rows = await query(this.snapshot, CARS_TO_KEEP, [
            this.place
        ]);
        return rows.map(({ id, state, bytes })=>({
                id,
                state: state === 'sealed' ? 'sealed' : 'open',
                bytes: Number(bytes)
            }));
    }
    /** CARs that only other nodes have. */ async carsElsewhere() {
        return (await query(this.snapshot, CARS_ELSEWHERE, [
            this.place
        ]))[0]?.cars ?? 0;
    }
    async close() {
        await this.snapshot.close();
    }
}
/** An empty database on its way to be a restored one: one transaction. Close it. */ export class RestoredRows {
    constructor(refill){
        this.refill = refill;
    }
    static async open(config) {
        return new RestoredRows(await DatabaseRefill.open(config));
    }
    async migrations() {
        return this.refill.migrations();
    }
    /** Tables in which somebody's rows stand. */ async used() {
        return (await this.refill.used(await this.refill.tables())).filter((name)=>!NEVER_EMPTY.has(name));
    }
    async empty(tables) {
        await this.refill.empty(tables);
    }
    copyIn(table) {
        return this.refill.copyIn(table);
    }
    async commit(tables, sequences) {
        await this.refill.commit(tables, sequences);
    }
    async close() {
        await this.refill.close();
    }
}

//# sourceMappingURL=backup-rows.store.js.map
