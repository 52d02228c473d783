import { setTimeout as sleep } from 'node:timers/promises';
import type { CID } from 'multiformats/cid';
import { walkDag } from '../domain/dag-walk.js';
import {
  IpfsNode,
  type Announced,
  type FetchedBlock,
  type FetchOptions,
  type NodeStatus,
} from '../ports/ipfs-node.port.js';
import { BlockMap } from './block-map.js';

const PEER = '12D3KooWFakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFake';

type Verb = 'provide' | 'announce' | 'stopProviding';

/** A network of peers in memory: an origin's address leads to its blocks. */
export class InMemoryIpfsNode extends IpfsNode {
  /** What was handed to it, which roots it provides, and all that it announced, again and again. */
  readonly provided = new BlockMap();
  readonly roots = new Set<string>();
  readonly announced: string[] = [];
  readonly stopped: string[] = [];
  /** The systems that take its announcements; none: a node on loopback. */
  routing = ['memory'];
  /** Announcing and stopping take so long. */
  delayMs = 0;
  /** How many of its verbs ran at once, at most. */
  busiest = 0;
  private busy = 0;
  private readonly broken = new Map<Verb, (root: string) => Error | null>();
  private readonly peers = new Map<string, BlockMap>();

  constructor(readonly peerId = PEER) {
    super();
  }

  addPeer(address: string, blocks: BlockMap): void {
    this.peers.set(address, blocks);
  }

  /** From now on this verb fails for the roots for which an error is given. */
  break(verb: Verb, why: (root: string) => Error | null): void {
    this.broken.set(verb, why);
  }

  repair(): void {
    this.broken.clear();
  }

  addresses(): Promise<string[]> {
    return Promise.resolve([`/ip4/127.0.0.1/tcp/4001/p2p/${this.peerId}`]);
  }

  async provide(
    root: CID,
    blocks: () => AsyncIterable<{ cid: CID; bytes: Uint8Array }>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.do('provide', root, signal, async () => {
      for await (const { cid, bytes } of blocks()) this.provided.put(cid, bytes);
      this.roots.add(root.toString());
    });
  }

  async announce(root: CID, signal: AbortSignal): Promise<Announced> {
    return this.do('announce', root, signal, async () => {
      if (this.delayMs > 0) await sleep(this.delayMs, undefined, { signal });
      if (this.routing.length > 0) this.announced.push(root.toString());
      return { routing: this.routing };
    });
  }

  async stopProviding(root: CID, signal: AbortSignal): Promise<void> {
    await this.do('stopProviding', root, signal, async () => {
      if (this.delayMs > 0) await sleep(this.delayMs, undefined, { signal });
      this.roots.delete(root.toString());
      this.stopped.push(root.toString());
    });
  }

  async status(): Promise<NodeStatus> {
    return {
      kind: 'memory',
      agent: 'memory',
      peerId: this.peerId,
      addresses: await this.addresses(),
      peers: this.peers.size,
      routing: this.routing,
    };
  }

  private async do<T>(verb: Verb, root: CID, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.busiest = Math.max(this.busiest, ++this.busy);
    try {
      const error = this.broken.get(verb)?.(root.toString()) ?? null;
      if (error) throw error;
      return await Promise.race([work(), aborted(signal)]);
    } finally {
      this.busy -= 1;
    }
  }

  fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock> {
    const peers = options.origins.flatMap((origin) => this.peers.get(origin) ?? []);
    options.onSources?.(peers.length);
    return walkDag(root, {
      load: async (cid, signal) => {
        const local = await options.have(cid);
        if (local) return local;
        for (const peer of peers) {
          const bytes = await peer.get(cid);
          signal.throwIfAborted();
          if (bytes) return bytes;
        }
        return await aborted(signal);
      },
      signal: options.signal,
      ...(options.limits ? { limits: options.limits } : {}),
    });
  }
}

/** A block that nobody has is waited for, as on a real network. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
