import type { CID } from 'multiformats/cid';
import { blockKey } from '../../ipld/index.js';
import type { CarId } from '../../shared/index.js';
import type { BlockIndex } from '../blocks/block-index.js';

/** So many multihashes are remembered in memory (some 50 MB); beyond, the index is asked. */
const REMEMBERED = 400_000;

/** Which blocks an intake has already taken. */
export class SeenBlocks {
  private keys = new Set<string>();
  /** The generation before: the newest blocks, which are in no file yet, are never forgotten. */
  private older: Set<string> | undefined;

  constructor(
    private readonly index: BlockIndex,
    private readonly ownCars: () => readonly CarId[],
  ) {}

  has(cid: CID): boolean {
    const key = blockKey(cid);
    if (this.keys.has(key) || this.older?.has(key)) return true;
    if (!this.older) return false;
    const own = this.ownCars();
    return this.index.findAll(cid).some((place) => own.includes(place.carId));
  }

  add(cid: CID): void {
    if (this.keys.size >= REMEMBERED / 2) {
      this.older = this.keys;
      this.keys = new Set();
    }
    this.keys.add(blockKey(cid));
  }
}
