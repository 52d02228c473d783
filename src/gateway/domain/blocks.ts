import type { CID } from 'multiformats/cid';
import type { LinkTable, UnixfsNode } from '../../ipld/index.js';
import type { ReaderMemory } from './read-memory.js';

/** Blocks of one DAG for one request, within what one request may cost. */
export interface Blocks {
  /** What this request may hold of the memory that all readers share. */
  readonly memory: ReaderMemory;
  /**
   * The bytes of a block, the caller's own.
   * @throws NotHere when there is none and none will come; Unreadable when the request has read its share; the signal's
   * reason once the reader has gone; whatever else keeps the block from coming.
   */
  get(cid: CID): Promise<Uint8Array>;
  /**
   * A copy of a part of a block, and the length of the whole; few blocks are read for it at a time.
   * @throws as `get` does
   */
  getPart(cid: CID, range: { start: number; end: number }): Promise<{ part: Uint8Array; length: number }>;
  /** What a block is to a reader of files; inner nodes out of a cache. @throws Unreadable, and as `get` does */
  node(cid: CID): Promise<UnixfsNode>;
  /**
   * What a block links to; of one that its codec cannot read, nothing. Out of a cache.
   * @param known - its bytes, where the caller has them: they are not to be changed afterwards
   * @throws Unreadable, and as `get` does
   */
  links(cid: CID, known?: Uint8Array): Promise<LinkTable>;
  /** Between steps of work that reads no block: pauses where others wait. @throws the signal's reason as `get` does */
  pause(): Promise<void>;
}

/** Runs work that yields between its steps to its end, with the pauses of a request. @throws as `pause` does */
export async function inSteps<T>(blocks: Pick<Blocks, 'pause'>, work: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await blocks.pause();
  }
}
