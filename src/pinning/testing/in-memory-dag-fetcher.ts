import type { CID } from 'multiformats/cid';
import { walkDag } from '../domain/dag-walk.js';
import { DagFetcher, type FetchedBlock, type FetchOptions } from '../ports/dag-fetcher.port.js';
import type { BlockMap } from './block-map.js';

/** A network of peers in memory: an origin's address leads to its blocks. */
export class InMemoryDagFetcher extends DagFetcher {
  private readonly peers = new Map<string, BlockMap>();

  addPeer(address: string, blocks: BlockMap): void {
    this.peers.set(address, blocks);
  }

  delegates(): Promise<string[]> {
    return Promise.resolve(['/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWFakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFake']);
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
