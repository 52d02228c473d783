import type { CID } from 'multiformats/cid';
import type { DagLimits } from '../domain/dag-limits.js';

export interface FetchedBlock {
  cid: CID;
  bytes: Uint8Array;
  /** Links between the root and this block. */
  depth: number;
}

export interface FetchOptions {
  /** Multiaddrs of peers that may have it; dialled best effort, never a reason to fail. */
  origins: string[];
  signal: AbortSignal;
  /** Blocks that need not be fetched again. */
  have: (cid: CID) => Promise<Uint8Array | null>;
  /** Where to stop with DagTooLarge. */
  limits?: Partial<DagLimits>;
  /** Told how many of the origins we are connected to, when that changes. */
  onSources?: (connected: number) => void;
}

/** The IPFS network as this room needs it. */
export abstract class DagFetcher {
  /**
   * Every block of the DAG under `root` once, depth first, parents before children, each verified against its CID.
   * Waits for ever for a block that nobody sends: give it a signal. Only the root is asked for until the second block is wanted.
   * @throws DagTooLarge, UndecodableBlock, UnsupportedDag, and the signal's reason when it aborts.
   */
  abstract fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock>;
  /** Dialable multiaddrs of our node, each ending in /p2p/<peer id>. */
  abstract delegates(): Promise<string[]>;
}
