/** Who holds what: the blocks and pieces of the CARs that miners received. */ export class BlockFinder {
    constructor(db, carStore){
        this.db = db;
        this.carStore = carStore;
    }
    /** In any CAR that the miner holds. */ block(multihash, miner) {
        const row = this.db.one(`select b.car, b.position, b.length from blocks b
       where b.multihash = ? and exists (select 1 from holdings h where h.car = b.car and h.miner = ?) limit 1`, multihash, miner);
        return row && {
            path: this.carStore.path(row.car),
            position: row.position,
            length: row.length
        };
    }
    /** Every miner that holds the block, with one of its pieces that has it. */ holders(multihash) {
        return this.db.all(`select h.miner as miner, min(h.piece_cid) as pieceCid from blocks b join holdings h on h.car = b.car
       where b.multihash = ? group by h.miner order by h.miner`, multihash);
    }
    piece(pieceCid, miner) {
        const row = this.db.one('select c.id, c.size from cars c join holdings h on h.car = c.id where h.piece_cid = ? and h.miner = ? limit 1', pieceCid, miner);
        return row && {
            path: this.carStore.path(row.id),
            size: row.size,
            pieceCid
        };
    }
}

//# sourceMappingURL=block-finder.js.map
