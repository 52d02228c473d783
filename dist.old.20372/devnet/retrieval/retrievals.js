import { mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CID } from 'multiformats/cid';
import { receiveDag } from './receive-dag.js';
/** Lotus' retrievalmarket statuses that this client passes through. */ export const RetrievalStatus = {
    New: 0,
    Unsealing: 1,
    Ongoing: 13,
    Completed: 15,
    Errored: 17,
    Cancelled: 26
};
const OVER = [
    RetrievalStatus.Completed,
    RetrievalStatus.Errored,
    RetrievalStatus.Cancelled
];
/** How long a miner takes to unseal. */ const UNSEAL_EPOCHS = 5;
/** CARs of older retrievals are removed. */ const KEEP_RETRIEVED = 20;
/** Retrievals through the node (`ClientRetrieve`): every block is checked before it is written, as graphsync does. */ export class Retrievals {
    constructor(db, blocks, roster, clock, accounts, dir){
        this.db = db;
        this.blocks = blocks;
        this.roster = roster;
        this.clock = clock;
        this.accounts = accounts;
        this.dir = dir;
        this.running = new Map();
        this.watchers = new Set();
        mkdirSync(dir, {
            recursive: true
        });
    }
    /** Writes the order down and begins at once. */ start(order) {
        const { id } = this.db.run('insert into retrievals(status, doc) values (?, ?)', RetrievalStatus.New, '{}');
        const retrieval = {
            ...order,
            id,
            status: RetrievalStatus.New,
            message: '',
            bytes: 0,
            paid: '0'
        };
        this.save(retrieval);
        this.launch(retrieval);
        return retrieval;
    }
    /** Takes up what a restart interrupted. */ resume() {
        for (const retrieval of this.list())if (!OVER.includes(retrieval.status)) this.launch(retrieval);
    }
    /** Ends what runs without an outcome; `resume` of the next process begins it again. */ stop() {
        for (const control of this.running.values())control.abort();
    }
    /** Without effect for one that is over. @throws Error when there is none. */ cancel(id) {
        const retrieval = this.get(id);
        if (!retrieval) throw new Error(`retrieval deal ${id} not found`);
        if (OVER.includes(retrieval.status)) return;
        this.running.get(id)?.abort();
        this.save({
            ...retrieval,
            status: RetrievalStatus.Cancelled,
            message: 'retrieval cancelled'
        });
    }
    /** Resolves when the retrieval is complete, rejects with its reason otherwise. */ wait(id) {
        return new Promise((resolve, reject)=>{
            const settle = (retrieval)=>{
                if (!retrieval) return reject(new Error(`retrieval deal ${id} not found`));
                if (retrieval.id !== id || !OVER.includes(retrieval.status)) return;
                stop();
                if (retrieval.status === RetrievalStatus.Completed) resolve();
                else reject(new Error(`retrieval failed: ${retrieval.message}`));
            };
            const stop = this.watch(settle);
            settle(this.get(id));
        });
    }
    get(id) {
        const row = this.db.one('select doc from retrievals where id = ?', id);
        return row && JSON.parse(row.doc);
    }
    list() {
        return this.db.all('select doc from retrievals order by id').map((row)=>JSON.parse(row.doc));
    }
    watch(watcher) {
        this.watchers.add(watcher);
        return ()=>this.watchers.delete(watcher);
    }
    /** The CAR that a completed retrieval left behind. */ carPath(id) {
        return join(this.dir, `${id}.car`);
    }
    launch(retrieval) {
        const control = new AbortController();
        this.running.set(retrieval.id, control);
        void this.run(retrieval, control.signal).finally(()=>this.running.delete(retrieval.id));
    }
    async run(retrieval, signal) {
        const incoming = `${this.carPath(retrieval.id)}.part`;
        try {
            await this.unseal(retrieval, signal);
            this.save({
                ...retrieval,
                status: RetrievalStatus.Ongoing
            });
            const miner = this.roster.find(retrieval.miner);
            if (!miner) throw new Error(`miner ${retrieval.miner} not found`);
            const bytes = await receiveDag({
                roster: this.roster,
                blocks: this.blocks,
                miner,
                root: CID.parse(retrieval.root),
                path: incoming,
                signal
            });
            await rename(incoming, this.carPath(retrieval.id));
            await rm(this.carPath(retrieval.id - KEEP_RETRIEVED), {
                force: true
            });
            this.pay(retrieval);
            this.save({
                ...retrieval,
                status: RetrievalStatus.Completed,
                bytes,
                paid: retrieval.total
            });
        } catch (error) {
            await rm(incoming, {
                force: true
            });
            if (signal.aborted) return;
            this.save({
                ...retrieval,
                status: RetrievalStatus.Errored,
                message: error instanceof Error ? error.message : String(error)
            });
        }
    }
    /** Only for miners without an unsealed copy: takes epochs and has to be paid. */ async unseal(retrieval, signal) {
        const miner = this.roster.find(retrieval.miner);
        if (!miner || this.roster.character(miner) !== 'sealed-only') return;
        if (BigInt(retrieval.unsealPrice) === 0n) throw new Error(`retrieval deal rejected: ${retrieval.miner} keeps no unsealed copy and the order pays no unsealing`);
        this.save({
            ...retrieval,
            status: RetrievalStatus.Unsealing
        });
        const ready = this.clock.height + UNSEAL_EPOCHS;
        await new Promise((resolve, reject)=>{
            const stop = this.clock.subscribe((height)=>{
                if (height < ready) return;
                stop();
                resolve();
            });
            signal.addEventListener('abort', ()=>{
                stop();
                reject(new Error('aborted'));
            });
        });
    }
    /** After the last byte, all at once: payment channels are not simulated. */ pay(retrieval) {
        const account = this.accounts.find(retrieval.wallet);
        if (account) this.accounts.save({
            ...account,
            balance: account.balance - BigInt(retrieval.total)
        });
    }
    save(retrieval) {
        this.db.run('update retrievals set status = ?, doc = ? where id = ?', retrieval.status, JSON.stringify(retrieval), retrieval.id);
        for (const watcher of this.watchers)watcher(retrieval);
    }
}

//# sourceMappingURL=retrievals.js.map
