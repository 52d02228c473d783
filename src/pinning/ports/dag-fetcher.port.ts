import type { CID } from 'multiformats/cid';

export interface FetchedBlock {
  cid: CID;
  bytes: Uint8Array;
}

export interface FetchOptions {
  /** Multiaddrs of peers that may have it; dialled best effort, never a reason to fail. */
  origins: string[];
  signal: AbortSignal;
  /** Blocks that need not be fetched again. */
  have: (cid: CID) => Promise<Uint8Array | null>;
}

/** The IPFS network as this room needs it. */
export abstract class DagFetcher {
  /** Every block of the DAG under `root`, depth first, each verified against its CID. Throws when the signal aborts. */
  abstract fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock>;
  /** Dialable multiaddrs of our node, each ending in /p2p/<peer id>. */
  abstract delegates(): Promise<string[]>;
}
