import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
/** What a copy leaves free on the disk. */ const spareBytes = 192 * 1024 ** 2;
/**
 * What all miners together keep on disk: each CAR once per SHA-256 of its bytes, with an index of its blocks, for as
 * long as a deal refers to it. commP is computed once per SHA-256 and remembered for good.
 */ export class CarStore {
    constructor(db, reader, dir){
        this.db = db;
        this.reader = reader;
        this.dir = dir;
        this.kept = new Map();
        this.measured = new Map();
        mkdirSync(dir, {
            recursive: true
        });
        // Copies that a crash cut short.
        for (const { id } of db.all('select id from cars where sha is null'))this.forget(id);
    }
    /** Where the bytes lie once `has` says so. */ path(carId) {
        return join(this.dir, `${carId}.car`);
    }
    /** Whether the copy is complete and still there. */ has(carId) {
        return this.db.one('select 1 from cars where id = ? and sha is not null', carId) !== undefined;
    }
    /**
   * Takes a copy of the CAR at `source` into the store (one pass: copy, SHA-256, commP, block index). Concurrent
   * callers share the pass.
   */ async take(source) {
        const identity = await identityOf(source);
        return once(this.kept, identity, ()=>this.copyIn(source, identity));
    }
    /** commP of a file of the client, without keeping it. */ async measure(source) {
        const identity = await identityOf(source);
        return once(this.measured, identity, async ()=>{
            const known = this.pieceOfFile(identity);
            if (known) return fromRow(known);
            const result = await this.reader.read({
                path: source,
                commP: true
            });
            return fromRow(this.remember(identity, result));
        });
    }
    /** Says that a miner's deal over `pieceCid` refers to the CAR; it stays until `release`. */ addReference(deal, miner, carId, pieceCid) {
        this.db.run('insert or replace into holdings(deal, miner, car, piece_cid) values (?, ?, ?, ?)', deal, miner, carId, pieceCid);
    }
    /** Drops a deal's reference; the bytes go with the last one. */ removeReference(deal) {
        const reference = this.db.one('select car from holdings where deal = ?', deal);
        if (!reference) return;
        this.db.run('delete from holdings where deal = ?', deal);
        if (this.db.one('select 1 from holdings where car = ? limit 1', reference.car)) return;
        this.forget(reference.car);
    }
    /** For deals that failed before they referred to what was copied for them. */ removeUnreferenced(carId) {
        if (!this.db.one('select 1 from holdings where car = ? limit 1', carId)) this.forget(carId);
    }
    async copyIn(source, identity) {
        const known = this.pieceOfFile(identity);
        const already = known && this.keptBySha(known.sha);
        if (known && already) return {
            ...already,
            ...fromRow(known)
        };
        await this.ensureSpace(source);
        const id = this.db.run('insert into cars(sha) values (null)').id;
        const incoming = `${this.path(id)}.part`;
        try {
            const result = await this.reader.read({
                path: source,
                commP: !known,
                copyTo: incoming
            }, (rows)=>this.index(id, rows));
            const piece = this.remember(identity, result, known);
            const twin = this.keptBySha(result.sha);
            if (twin) {
                this.forget(id);
                return {
                    ...twin,
                    ...fromRow(piece)
                };
            }
            // In one turn with the check for a twin: two copies of the same bytes must not both stay.
            renameSync(incoming, this.path(id));
            this.db.run('update cars set sha = ?, size = ? where id = ?', result.sha, result.size, id);
            return {
                id,
                ...fromRow(piece)
            };
        } catch (error) {
            this.forget(id);
            throw error;
        }
    }
    /** The miners share a disk with their clients here: theirs is full while the clients still have some. */ async ensureSpace(source) {
        const [{ size }, { bavail, bsize }] = await Promise.all([
            stat(source),
            statfs(this.dir)
        ]);
        if (bavail * bsize < size + spareBytes) throw new Error("no space left on the miner's disk");
    }
    index(carId, rows) {
        this.db.transaction(()=>{
            for (const row of rows){
                this.db.run('insert or ignore into blocks(multihash, car, position, length) values (?, ?, ?, ?)', row.multihash, carId, row.position, row.length);
            }
        });
    }
    /** Writes down the piece of these bytes, and that this file has them. */ remember(identity, result, known) {
        const stored = this.db.one('select * from pieces where sha = ?', result.sha);
        const piece = result.piece;
        if (!stored && !piece) throw new Error(`the file changed while it was read (${identity}, before ${known?.sha ?? 'unknown'})`);
        const row = stored ?? {
            sha: result.sha,
            piece_cid: piece?.pieceCid ?? '',
            piece_size: piece?.pieceSize ?? 0,
            car_size: result.size
        };
        this.db.transaction(()=>{
            if (!stored) this.db.run('insert into pieces(sha, piece_cid, piece_size, car_size) values (?, ?, ?, ?)', row.sha, row.piece_cid, row.piece_size, row.car_size);
            this.db.run('insert or replace into seen_files(identity, sha) values (?, ?)', identity, result.sha);
        });
        return row;
    }
    pieceOfFile(identity) {
        return this.db.one('select pieces.* from seen_files join pieces using (sha) where identity = ?', identity);
    }
    keptBySha(sha) {
        return this.db.one('select id, sha, size from cars where sha = ?', sha);
    }
    /** Index and row in one transaction, then the files: a crash in between leaves files that nobody refers to. */ forget(carId) {
        this.db.transaction(()=>{
            this.db.run('delete from blocks where car = ?', carId);
            this.db.run('delete from cars where id = ?', carId);
        });
        rmSync(`${this.path(carId)}.part`, {
            force: true
        });
        void rm(this.path(carId), {
            force: true
        });
    }
}
/** A file is taken for unchanged while these are; every transfer hashes the bytes all the same. */ async function identityOf(path) {
    const { size, mtimeMs, ino } = await stat(path);
    return createHash('sha256').update(`${path}\n${size}\n${mtimeMs}\n${ino}`).digest('hex');
}
function fromRow(row) {
    return {
        sha: row.sha,
        size: row.car_size,
        pieceCid: row.piece_cid,
        pieceSize: row.piece_size
    };
}
/** Callers that come while the work for the same key runs get its result. */ function once(running, key, start) {
    const current = running.get(key);
    if (current) return current;
    const started = start().finally(()=>running.delete(key));
    running.set(key, started);
    return started;
}

//# sourceMappingURL=car-store.js.map
