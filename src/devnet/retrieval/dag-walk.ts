import { open, type FileHandle } from 'node:fs/promises';
import type { CID } from 'multiformats/cid';
import type { BlockFinder, FoundBlock } from '../storage/block-finder.js';
import { identityBytes, linksInScope, linksOf, type DagScope } from './block-links.js';

/** A block whose hash nobody has checked: the reader does. */
export interface WalkedBlock {
  cid: CID;
  bytes: Uint8Array;
  isLeaf: boolean;
}

/** The miner has no CAR with this block. */
export class BlockMissing extends Error {
  constructor(cid: CID, miner: string) {
    super(`miner ${miner} does not hold block ${cid.toString()}`);
  }
}

/** Reads single blocks out of the CARs that one miner received; opens each CAR once. */
export class MinerBlocks {
  private readonly files = new Map<string, FileHandle>();

  constructor(
    private readonly finder: BlockFinder,
    private readonly miner: string,
  ) {}

  /** The bytes as the miner received them. @throws BlockMissing */
  async get(cid: CID): Promise<Uint8Array> {
    const inlined = identityBytes(cid);
    if (inlined) return inlined;
    const found = this.finder.block(cid.multihash.bytes, this.miner);
    if (!found) throw new BlockMissing(cid, this.miner);
    return this.read(found);
  }

  /** Closes every CAR that was opened. */
  async close(): Promise<void> {
    await Promise.all([...this.files.values()].map((file) => file.close()));
    this.files.clear();
  }

  private async read({ path, position, length }: FoundBlock): Promise<Uint8Array> {
    let file = this.files.get(path);
    if (!file) {
      file = await open(path, 'r');
      this.files.set(path, file);
    }
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead < length) throw new Error(`${path} is cut off at byte ${position + bytesRead}`);
    return buffer;
  }
}

/** A DAG depth first, each block once (dups=n); blocks inlined in their CID are followed and not given out. */
export async function* walkDag(blocks: MinerBlocks, root: CID, scope: DagScope): AsyncGenerator<WalkedBlock> {
  const seen = new Set<string>();
  const stack = [root];
  for (let cid = stack.pop(); cid; cid = stack.pop()) {
    const key = Buffer.from(cid.multihash.bytes).toString('latin1') + String.fromCharCode(cid.code & 0xff);
    if (seen.has(key)) continue;
    seen.add(key);
    const bytes = await blocks.get(cid);
    const links = cid.equals(root) ? linksInScope(cid, bytes, scope) : linksOf(cid, bytes);
    if (!identityBytes(cid)) yield { cid, bytes, isLeaf: links.length === 0 };
    for (let i = links.length - 1; i >= 0; i--) {
      const link = links[i];
      if (link) stack.push(link);
    }
  }
}
