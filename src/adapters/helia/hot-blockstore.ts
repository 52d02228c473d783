import type { Blockstore, InputPair, Pair } from 'interface-blockstore';
import type { CID } from 'multiformats/cid';
import type { HotBlocks } from '../../storage/index.js';

/** Bitswap tells a peer "don't have" when it meets this name. */
class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/**
 * The CAR store as Helia sees it: a view to read from. What Helia fetches is not kept here; the fetch that asked for it
 * gets the bytes and writes them to a CAR, from which this view then serves them.
 */
export class HotBlockstore implements Blockstore {
  constructor(private readonly blocks: HotBlocks) {}

  has(cid: CID): Promise<boolean> {
    return this.blocks.has(cid);
  }

  async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const bytes = await this.blocks.get(cid);
    if (bytes === null) throw new NotFoundError(`${cid.toString()} is not on this node`);
    yield bytes;
  }

  async *getMany(cids: AsyncIterable<CID> | Iterable<CID>): AsyncGenerator<Pair> {
    for await (const cid of cids) yield { cid, bytes: this.get(cid) };
  }

  put(cid: CID): Promise<CID> {
    return Promise.resolve(cid);
  }

  async *putMany(pairs: AsyncIterable<InputPair> | Iterable<InputPair>): AsyncGenerator<CID> {
    for await (const { cid } of pairs) yield cid;
  }

  delete(): Promise<void> {
    return Promise.reject(refusal());
  }

  async *deleteMany(): AsyncGenerator<CID> {
    await Promise.reject(refusal());
  }

  async *getAll(): AsyncGenerator<Pair> {
    await Promise.reject(refusal());
  }
}

/** Garbage is collected by the content room, never by Helia. */
function refusal(): Error {
  return new Error('the CAR store is only read here');
}
