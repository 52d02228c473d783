import type { AppConfig } from '../../config/index.js';

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

export const NO_ROUTING: RoutingSettings = { dht: null, bootstrap: [], delegated: [], gateways: [] };

/** Those of Kubo (config/bootstrap_peers.go) that speak TCP. */
const PUBLIC_BOOTSTRAP = [
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmcZf59bWwK5XFi76CZX8cbJ4BhTzzA3gU1ZjYZcYW3dwt',
  '/dnsaddr/va1.bootstrap.libp2p.io/p2p/12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8',
  '/ip4/104.131.131.82/tcp/4001/p2p/QmaCpDMGvV2BGHeYERUEnRQAwe3N8SzbUtfsmvsqQLuvuJ',
];

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
