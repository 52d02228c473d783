import { randomUUID } from 'node:crypto';
import { json, query } from '../../platform/prisma/index.js';
import { pinRequestId } from '../../shared/index.js';
import { PinQuotaUsedUp } from '../pinning.errors.js';
import { ADD } from './pins.sql.js';
/** More would make those wait too long that come meanwhile. */ const MOST_AT_ONCE = 500;
/**
 * Takes every pin that waits, of whatever accounts, and stores them with one commit, which answers all; meanwhile the
 * next ones gather. A pin is durable before anyone hears of it. One that cannot be stored fails alone.
 */ export class PinCommitter {
    constructor(database, clock){
        this.database = database;
        this.clock = clock;
        this.waiting = [];
        this.working = false;
        /** Accounts that have their own lock for long: their single pins wait aside, not in front of everybody else's. */ this.busy = new Map();
    }
    /**
   * Resolves once the pin is on disk. @throws PinQuotaUsedUp, or what the database threw: then it may be stored or not
   */ one(pin) {
        return new Promise((resolve, reject)=>{
            this.waiting.push({
                pin,
                resolve,
                reject
            });
            this.work();
        });
    }
    /** All of one account in a transaction of their own; null for each that is too many for its quota. */ async many(pins) {
        const [first] = pins;
        if (!first) return [];
        this.busy.set(first.userId, (this.busy.get(first.userId) ?? 0) + 1);
        try {
            return await addPins(this.database, pins, this.clock.now());
        } finally{
            const left = (this.busy.get(first.userId) ?? 1) - 1;
            if (left > 0) this.busy.set(first.userId, left);
            else this.busy.delete(first.userId);
            this.work();
        }
    }
    work() {
        if (this.working) return;
        this.working = true;
        void this.drain();
    }
    async drain() {
        for(;;){
            // Requests that have arrived already come along.
            await new Promise((resolve)=>setImmediate(resolve));
            const batch = this.take();
            if (batch.length === 0) break;
            await this.commit(batch);
        }
        this.working = false;
    }
    /** The next batch, oldest first, without those of accounts that are busy with a batch of their own. */ take() {
        const able = this.busy.size === 0 ? this.waiting : this.waiting.filter(({ pin })=>!this.busy.has(pin.userId));
        const batch = able.slice(0, MOST_AT_ONCE);
        if (batch.length === this.waiting.length) this.waiting = [];
        else if (batch.length > 0) this.waiting = this.waiting.filter((one)=>!batch.includes(one));
        return batch;
    }
    async commit(batch) {
        try {
            const stored = await addPins(this.database, batch.map(({ pin })=>pin), this.clock.now());
            for (const [at, { resolve, reject }] of batch.entries()){
                const pin = stored[at];
                if (pin) resolve(pin);
                else reject(new PinQuotaUsedUp());
            }
        } catch (error) {
            if (batch.length === 1 || !isRefusal(error)) for (const { reject } of batch)reject(error);
            else for (const one of batch)await this.commit([
                one
            ]);
        }
    }
}
/**
 * In the order given. One statement, so all or none, but for those that are too many: null in their places.
 *
 * @param place - the database, or a transaction that does more
 * @param asked - what `created` is counted from
 * @param ids - request ids, one per pin; fresh ones when left out
 */ export async function addPins(place, pins, asked, ids = pins.map(()=>randomUUID())) {
    const given = pins.map(({ userId, cid, cidV1, name, origins, meta, most }, n)=>({
            n,
            requestId: ids[n],
            userId,
            cid,
            cidV1,
            name,
            origins,
            meta,
            most
        }));
    const rows = await query(place, ADD, [
        json(given),
        asked
    ]);
    const stored = pins.map(()=>null);
    for (const { n, created } of rows){
        const [pin, id] = [
            pins[n],
            ids[n]
        ];
        if (pin && id) stored[n] = fresh(pin, id, created);
    }
    return stored;
}
function fresh({ userId, cid, cidV1, name, origins, meta }, id, createdAt) {
    return {
        requestId: pinRequestId(id),
        userId,
        cid,
        cidV1,
        name,
        origins,
        meta,
        createdAt,
        status: 'queued',
        reason: null,
        progress: null,
        contentId: null,
        leaseNumber: 0,
        failures: 0,
        lookedMs: 0
    };
}
/**
 * The database looked at the rows and did not like one (SQLSTATE classes 22 and 23). Anything else says nothing about
 * the rows, or whether they are stored.
 */ function isRefusal(error) {
    return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}

//# sourceMappingURL=pin-committer.store.js.map
