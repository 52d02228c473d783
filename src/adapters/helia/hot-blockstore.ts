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

  /** A look into the CAR store's index; no bytes are read. */
  has(cid: CID): Promise<boolean> {
    return this.blocks.has(cid);
  }

  /** The whole block in one piece. @throws NotFoundError */
  async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const bytes = await this.blocks.get(cid);
    if (bytes === null) throw new NotFoundError(`${cid.toString()} is not on this node`);
    yield bytes;
  }

  /** Lazy: a block that is missing throws when its own bytes are read, not before. */
  async *getMany(cids: AsyncIterable<CID> | Iterable<CID>): AsyncGenerator<Pair> {
    for await (const cid of cids) yield { cid, bytes: this.get(cid) };
  }

  /** Says yes and keeps nothing: what was fetched goes to its fetch. */
  put(cid: CID): Promise<CID> {
    return Promise.resolve(cid);
  }

  /** As `put`, one after the other. */
  async *putMany(pairs: AsyncIterable<InputPair> | Iterable<InputPair>): AsyncGenerator<CID> {
    for await (const { cid } of pairs) yield cid;
  }

  /** @throws always: bytes go by the content room alone */
  delete(): Promise<void> {
    return Promise.reject(refusal());
  }

  /** @throws always, at the first step */
  async *deleteMany(): AsyncGenerator<CID> {
    await Promise.reject(refusal());
  }

  /** @throws always: nobody walks over the whole store through Helia */
  async *getAll(): AsyncGenerator<Pair> {
    await Promise.reject(refusal());
  }
}

/** Garbage is collected by the content room, never by Helia. */
function refusal(): Error {
  return new Error('the CAR store is only read here');
}
