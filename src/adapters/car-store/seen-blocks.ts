import type { CID } from 'multiformats/cid';
import type { CarId } from '../../shared/index.js';
import type { BlockIndex } from './block-index.js';
import { blockKey } from './waiting-blocks.js';

/** So many multihashes are remembered in memory (some 50 MB); beyond, the index is asked. */
const REMEMBERED = 400_000;

/** Which blocks an intake has already taken. */
export class SeenBlocks {
  private readonly keys = new Set<string>();
  private overflow = false;

  constructor(private readonly index: BlockIndex, private readonly ownCars: () => readonly CarId[]) {}

  has(cid: CID): boolean {
    if (this.keys.has(blockKey(cid))) return true;
    if (!this.overflow) return false;
    const own = this.ownCars();
    return this.index.findAll(cid).some((place) => own.includes(place.carId));
  }

  add(cid: CID): void {
    if (this.keys.size >= REMEMBERED) {
      // What is forgotten here is in the index by now, but for the newest: those may be written twice, which harms nobody.
      this.keys.clear();
      this.overflow = true;
    }
    this.keys.add(blockKey(cid));
  }
}
