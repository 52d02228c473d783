import type { KadDHT } from '@libp2p/kad-dht';
import type { CID } from 'multiformats/cid';
import type { AppConfig } from '../../config/index.js';
import { HttpRouter, type FoundPeer } from './http-router.js';

export type { FoundPeer } from './http-router.js';

/** What the node asks and tells beside the peers it is told of. */
export interface RoutingSettings {
  /** The public DHT (amino), or one among the nodes of a private network (lan). */
  dht: 'amino' | 'lan' | null;
  /** Multiaddrs with peer ids by which the DHT is entered: the operator's words, dialled wherever they point. */
  bootstrap: readonly string[];
  /** Base URLs of HTTP routers. */
  delegated: readonly string[];
  /** Base URLs of trustless gateways. */
  gateways: readonly string[];
}

/** A node that speaks only to whom it is told to. */
export const NO_ROUTING: RoutingSettings = { dht: null, bootstrap: [], delegated: [], gateways: [] };

/** Those of Kubo (config/bootstrap_peers.go) that speak TCP. */
const PUBLIC_BOOTSTRAP = [
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmcZf59bWwK5XFi76CZX8cbJ4BhTzzA3gU1ZjYZcYW3dwt',
  '/dnsaddr/va1.bootstrap.libp2p.io/p2p/12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8',
  '/ip4/104.131.131.82/tcp/4001/p2p/QmaCpDMGvV2BGHeYERUEnRQAwe3N8SzbUtfsmvsqQLuvuJ',
];

/** As the settings say; the public DHT's bootstrap peers where the operator names none. `lan` goes before `dht`. */
export function routingSettings(config: AppConfig): RoutingSettings {
  const { LIBP2P_BOOTSTRAP, DELEGATED_ROUTING_URLS, TRUSTLESS_GATEWAY_URLS } = config.values;
  const on = new Set(config.ipfsRouting);
  const dht = on.has('lan') ? 'lan' : on.has('dht') ? 'amino' : null;
  return {
    dht,
    bootstrap: LIBP2P_BOOTSTRAP ?? (dht === 'amino' ? PUBLIC_BOOTSTRAP : []),
    delegated: on.has('delegated') ? DELEGATED_ROUTING_URLS : [],
    gateways: on.has('gateway') ? TRUSTLESS_GATEWAY_URLS : [],
  };
}

/** As the platform shows it. */
export function routingNames({ dht, delegated, gateways }: RoutingSettings): string[] {
  return [
    ...(dht ? ['dht'] : []),
    ...(delegated.length > 0 ? ['delegated'] : []),
    ...(gateways.length > 0 ? ['gateway'] : []),
  ];
}

/** One routing system: who has the root, as the answers come. May throw, may never end: the searcher bounds it. */
export type ProviderSource = (root: CID, signal: AbortSignal) => AsyncIterable<FoundPeer>;

const MOST_PER_SOURCE = 20;

/** Asks every routing system at once who has a DAG. */
export class ProviderSearch {
  constructor(private readonly sources: readonly ProviderSource[]) {}

  /** False: there is nobody to ask, and a search would end with nothing. */
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

/** The HTTP routers, as sources. */
export function delegatedRouting(urls: readonly string[]): ProviderSource[] {
  return urls.map((url) => {
    const router = new HttpRouter(url);
    return (root, signal) => router.providers(root, signal);
  });
}

/** The DHT, as much of it as the platform needs. What is announced when is decided by the network room alone. */
export class DhtRouting {
  constructor(private readonly dht: KadDHT) {}

  /** Tells the peers nearest to the root that we have it. Returns how many were told. */
  async announce(root: CID, signal: AbortSignal): Promise<number> {
    let told = 0;
    try {
      for await (const event of this.dht.provide(root, { signal })) {
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told += 1;
      }
    } catch (error) {
      if (told === 0) throw error;
    } finally {
      await this.forget(root);
    }
    return told;
  }

  /**
   * kad-dht keeps a list of its own of what it announced, and announces that again by itself: it would double our
   * schedule, and go on with what was stopped.
   */
  async forget(root: CID): Promise<void> {
    await this.dht.cancelReprovide(root);
  }

  /** Peers as the DHT names them, not judged and not distinct. @throws what the walk throws, and the signal's reason */
  async *providers(root: CID, signal: AbortSignal): AsyncGenerator<FoundPeer> {
    for await (const event of this.dht.findProviders(root, { signal })) {
      if (event.name === 'PROVIDER')
        yield* event.providers.map(({ id, multiaddrs }) => ({ id: id.toString(), addresses: multiaddrs.map(String) }));
    }
  }
}
