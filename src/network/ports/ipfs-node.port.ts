import type { CID } from 'multiformats/cid';

/** What one DAG may cost before its fetch stops with DagTooLarge. */
export interface DagLimits {
  /** Sum of the blocks' bytes. */
  bytes: number;
  blocks: number;
  /** Links between the root and the deepest block. */
  depth: number;
}

/** A block whose bytes hash to its CID. */
export interface FetchedBlock {
  cid: CID;
  bytes: Uint8Array;
  /** Links between the root and this block. */
  depth: number;
}

/** How one fetch goes about it, and when it ends. */
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

/** Where an announcement went. */
export interface Announced {
  /** Routing systems that took it, as 'dht'; none: the node speaks only to whom it is told to (loopback). */
  routing: string[];
}

/** What an operator is shown of our node, and what other processes tell clients of it. */
export interface NodeStatus {
  /** 'helia' in process, or 'kubo' beside us. */
  kind: string;
  /** Name and version, as the node tells other peers. */
  agent: string;
  peerId: string;
  /** Dialable multiaddrs, each ending in /p2p/<peer id>. */
  addresses: string[];
  /** Connected now. */
  peers: number;
  /** Routing systems that it asks and tells: 'dht', 'delegated'. */
  routing: string[];
}

/** The IPFS network as the platform needs it: one node of it, ours. */
export abstract class IpfsNode {
  /**
   * Every block of the DAG under `root` once, depth first, parents before children, each verified against its CID.
   * Waits for ever for a block that nobody sends: give it a signal. Only the root is asked for until the second block
   * is wanted.
   * @throws DagTooLarge, UndecodableBlock, UnsupportedDag, and the signal's reason when it aborts.
   */
  abstract fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock>;

  /** Dialable multiaddrs of our node, each ending in /p2p/<peer id>; 1 to 20. */
  abstract addresses(): Promise<string[]>;

  /**
   * Peers can get the DAG from our node from now on. `blocks` gives all of it; a node that reads the CAR store by
   * itself does not ask for them. Idempotent.
   * @throws when the node did not take every block.
   */
  abstract provide(
    root: CID,
    blocks: () => AsyncIterable<{ cid: CID; bytes: Uint8Array }>,
    signal: AbortSignal,
  ): Promise<void>;

  /**
   * Publishes a provider record: tells the routing systems that the root can be had from our node. Valid for a day or
   * two, so it is to be said again.
   * @throws when no routing system took it.
   */
  abstract announce(root: CID, signal: AbortSignal): Promise<Announced>;

  /** The node need not provide or announce it any longer. Idempotent, also for what it never provided. */
  abstract stopProviding(root: CID, signal: AbortSignal): Promise<void>;

  /** What our node is and whom it knows, now. @throws while it cannot be asked. */
  abstract status(): Promise<NodeStatus>;
}
