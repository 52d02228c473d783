import { delegatedHTTPRouter } from '@helia/delegated-routing-client';
import type { ComponentLogger } from '@libp2p/interface';
import { peerIdFromCID } from '@libp2p/peer-id';
import type { CID } from 'multiformats/cid';

/** A peer that is said to have something, by a stranger. */
export interface FoundPeer {
  id: string;
  /** Multiaddrs; none: nobody said where it is. */
  addresses: string[];
}

export type ProviderSource = (root: CID, signal: AbortSignal) => AsyncIterable<FoundPeer>;

const MOST_PER_SOURCE = 20;

/** Asks every routing system at once who has a DAG. */
export class ProviderSearch {
  constructor(private readonly sources: readonly ProviderSource[]) {}

  get isPossible(): boolean {
    return this.sources.length > 0;
  }

  /** Ends when all have answered or the signal aborts; a source that fails is none. */
  async run(root: CID, signal: AbortSignal, found: (peer: FoundPeer) => void): Promise<void> {
    const seen = new Set<string>();
    await Promise.allSettled(
      this.sources.map(async (source) => {
        let count = 0;
        for await (const peer of source(root, signal)) {
          count += 1;
          if (!seen.has(peer.id)) {
            seen.add(peer.id);
            found(peer);
          }
          if (count >= MOST_PER_SOURCE) return;
        }
      }),
    );
  }
}

/** HTTP routers (https://specs.ipfs.tech/routing/http-routing-v1/). What they say of HTTP gateways is left aside: only configured ones are asked. */
export function delegatedRouting(urls: readonly string[], logger: ComponentLogger): ProviderSource[] {
  return urls.map((url) => {
    const router = delegatedHTTPRouter({
      url,
      filterAddrs: ['tcp', 'unknown'],
      filterProtocols: ['unknown', 'transport-bitswap'],
      cacheTTL: 0,
    })({ logger });
    return async function* (root, signal) {
      for await (const { id, multiaddrs } of router.findProviders?.(root, { signal }) ?? [])
        yield { id: peerIdFromCID(id).toString(), addresses: multiaddrs.map(String) };
    };
  });
}
