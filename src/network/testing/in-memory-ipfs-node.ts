import type { CID } from 'multiformats/cid';
import { walkDag } from '../domain/dag-walk.js';
import { IpfsNode, type Announced, type FetchedBlock, type FetchOptions, type NodeStatus } from '../ports/ipfs-node.port.js';
import { BlockMap } from './block-map.js';

/** A network of peers in memory: an origin's address leads to its blocks. */
export class InMemoryIpfsNode extends IpfsNode {
  /** What was handed to it, which roots it still has to hold, and all that it announced. */
  readonly held = new BlockMap();
  readonly roots = new Set<string>();
  readonly announced: string[] = [];
  private readonly peers = new Map<string, BlockMap>();

  addPeer(address: string, blocks: BlockMap): void {
    this.peers.set(address, blocks);
  }

  addresses(): Promise<string[]> {
    return Promise.resolve(['/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWFakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFake']);
  }

  async hold(root: CID, blocks: () => AsyncIterable<{ cid: CID; bytes: Uint8Array }>): Promise<void> {
    for await (const { cid, bytes } of blocks()) this.held.put(cid, bytes);
    this.roots.add(root.toString());
  }

  announce(root: CID): Promise<Announced> {
    this.announced.push(root.toString());
    return Promise.resolve({ routing: ['memory'] });
  }

  withdraw(root: CID): Promise<void> {
    this.roots.delete(root.toString());
    return Promise.resolve();
  }

  async status(): Promise<NodeStatus> {
    return { kind: 'memory', agent: 'memory', peerId: 'memory', addresses: await this.addresses(), peers: this.peers.size, routing: ['memory'] };
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
