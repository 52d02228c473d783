import type { CID } from 'multiformats/cid';
import { isIdentity } from '../../ipld/index.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';

/** Blocks in a map, counted: a block that two DAGs hold goes with the second. */
export class InMemoryHotBlocks extends HotBlocks {
  private readonly blocks = new Map<string, { bytes: Uint8Array; holders: number }>();

  get(cid: CID): Promise<Uint8Array | null> {
    return Promise.resolve(
      isIdentity(cid) ? cid.multihash.digest : (this.blocks.get(keyOf(cid))?.bytes.slice() ?? null),
    );
  }

  has(cid: CID): Promise<boolean> {
    return Promise.resolve(isIdentity(cid) || this.blocks.has(keyOf(cid)));
  }

  size(cid: CID): Promise<number | null> {
    return Promise.resolve(
      isIdentity(cid) ? cid.multihash.digest.length : (this.blocks.get(keyOf(cid))?.bytes.length ?? null),
    );
  }

  hold(cid: CID, bytes: Uint8Array): void {
    const known = this.blocks.get(keyOf(cid));
    if (known) known.holders += 1;
    else this.blocks.set(keyOf(cid), { bytes, holders: 1 });
  }

  release(cid: CID): void {
    const known = this.blocks.get(keyOf(cid));
    if (known && --known.holders === 0) this.blocks.delete(keyOf(cid));
  }
}

function keyOf(cid: CID): string {
  return Buffer.from(cid.multihash.bytes).toString('hex');
}
