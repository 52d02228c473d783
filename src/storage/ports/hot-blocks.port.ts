import type { CID } from 'multiformats/cid';

/**
 * Blocks that this node can read now, by multihash, out of its CAR files. What is written to a CAR by any process of
 * the node is visible here at once, also while the DAG it belongs to is still coming in.
 */
export abstract class HotBlocks {
  /**
   * The bytes of a block, or null when no CAR on this node has it. They are the caller's own: nobody else reads this
   * memory. Identity CIDs are answered from themselves.
   */
  abstract get(cid: CID): Promise<Uint8Array | null>;
  abstract has(cid: CID): Promise<boolean>;
  /** Length of the block in bytes, or null. */
  abstract size(cid: CID): Promise<number | null>;
}
