import { setTimeout as sleep } from 'node:timers/promises';
import { importer } from 'ipfs-unixfs-importer';
import type { CID } from 'multiformats/cid';
import { HotBlocks } from '../../storage/index.js';

/**
 * Blocks in memory, by multihash: what one peer of a test has. Also serves as the blockstore that importers write to.
 */
export class BlockMap extends HotBlocks {
  private readonly blocks = new Map<string, { cid: CID; bytes: Uint8Array }>();
  /** Reads wait this long: a slow peer. */
  delayMs = 0;
  reads = 0;

  put(cid: CID, bytes: Uint8Array): CID {
    this.blocks.set(key(cid), { cid, bytes });
    return cid;
  }

  async get(cid: CID): Promise<Uint8Array | null> {
    this.reads += 1;
    if (this.delayMs > 0) await sleep(this.delayMs);
    return this.blocks.get(key(cid))?.bytes.slice() ?? null;
  }

  has(cid: CID): Promise<boolean> {
    return Promise.resolve(this.blocks.has(key(cid)));
  }

  size(cid: CID): Promise<number | null> {
    return Promise.resolve(this.blocks.get(key(cid))?.bytes.length ?? null);
  }

  delete(cid: CID): void {
    this.blocks.delete(key(cid));
  }

  get count(): number {
    return this.blocks.size;
  }

  entries(): { cid: CID; bytes: Uint8Array }[] {
    return [...this.blocks.values()];
  }

  /** Imports files below one directory (or a single file when it has no path) and returns the root. */
  async import(files: { path?: string; content: Uint8Array }[]): Promise<CID> {
    let root: CID | undefined;
    const store = { put: (cid: CID, bytes: unknown) => Promise.resolve(this.put(cid, bytes as Uint8Array)) };
    for await (const entry of importer(files, store, { profile: 'unixfs-v1-2025' })) root = entry.cid;
    if (!root) throw new Error('nothing was imported');
    return root;
  }
}

function key(cid: CID): string {
  return Buffer.from(cid.multihash.bytes).toString('latin1');
}
