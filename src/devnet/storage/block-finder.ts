import type { CarStore } from './car-store.js';
import type { Database } from './database.js';

/** Where a block's bytes stand in a CAR file. */
export interface FoundBlock {
  path: string;
  position: number;
  length: number;
}
/** A CAR that was received as this piece; `size` is that of the file, without padding. */
export interface FoundPiece {
  path: string;
  size: number;
  pieceCid: string;
}

/** Who holds what: the blocks and pieces of the CARs that miners received. */
export class BlockFinder {
  constructor(
    private readonly db: Database,
    private readonly carStore: CarStore,
  ) {}

  /** In any CAR that the miner holds. */
  block(multihash: Uint8Array, miner: string): FoundBlock | undefined {
    const row = this.db.one<{ car: number; position: number; length: number }>(
      `select b.car, b.position, b.length from blocks b
       where b.multihash = ? and exists (select 1 from holdings h where h.car = b.car and h.miner = ?) limit 1`,
      multihash,
      miner,
    );
    return row && { path: this.carStore.path(row.car), position: row.position, length: row.length };
  }

  /** Every miner that holds the block, with one of its pieces that has it. */
  holders(multihash: Uint8Array): { miner: string; pieceCid: string }[] {
    return this.db.all<{ miner: string; pieceCid: string }>(
      `select h.miner as miner, min(h.piece_cid) as pieceCid from blocks b join holdings h on h.car = b.car
       where b.multihash = ? group by h.miner order by h.miner`,
      multihash,
    );
  }

  /** The CAR in which this miner holds the piece; undefined when it does not. */
  piece(pieceCid: string, miner: string): FoundPiece | undefined {
    const row = this.db.one<{ id: number; size: number }>(
      'select c.id, c.size from cars c join holdings h on h.car = c.id where h.piece_cid = ? and h.miner = ? limit 1',
      pieceCid,
      miner,
    );
    return row && { path: this.carStore.path(row.id), size: row.size, pieceCid };
  }
}
