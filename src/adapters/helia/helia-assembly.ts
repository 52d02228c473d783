import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { withBitswap } from '@helia/bitswap';
import { withLibp2pLight, type HeliaWithLibp2p } from '@helia/libp2p';
import { bootstrap } from '@libp2p/bootstrap';
import { identify, type Identify } from '@libp2p/identify';
import { kadDHT, removePrivateAddressesMapper, removePublicAddressesMapper, type KadDHT } from '@libp2p/kad-dht';
import { ping, type Ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import type { LevelDatastore } from 'datastore-level';
import { createHeliaLight } from 'helia';
import type { HotBlocks } from '../../storage/index.js';
import { multihashHasher } from '../../ipld/index.js';
import type { AddressPolicy } from '../../platform/net/index.js';
import { BlockServer } from './block-server.js';
import { dialGate, ownPublicAddresses } from './peer-addresses.js';
import { HotBlockstore } from './hot-blockstore.js';
import { BITSWAP, repeatEnds, serveBy } from './bitswap-patch.js';
import type { RoutingSettings } from './routing.js';

/** libp2p services that the node is made with. */
export interface Services extends Record<string, unknown> {
  identify: Identify;
  ping: Ping;
  dht?: KadDHT;
}

/** The assembled node, before and after its start. */
export type Node = HeliaWithLibp2p<Services>;

/** What `assemble` puts together: storage, addresses and rules. */
export interface Parts {
  blocks: HotBlocks;
  datastore: LevelDatastore;
  /** Multiaddrs, ports filled in. */
  listen: string[];
  /** Told to others in place of what is listened on. Empty: that, and public addresses of this machine. */
  announce: string[];
  policy: AddressPolicy;
  routing: RoutingSettings;
  onSent: (bytes: number) => void;
}

/**
 * What may lie unread in a stream: what yamux lets a peer send ahead. By its default of 4 MiB a stream is cut off when
 * its blocks come faster than its handler begins to read, and they are lost.
 */
const UNREAD_BYTES = 16 * 1024 ** 2;

/** Helia looks for providers of every single block by itself; here a fetch looks when it stalls. */
const noRouter = {
  name: 'libp2p-router',
  async *findProviders() {
    /* nobody */
  },
};

/**
 * Wires the node: libp2p over TCP with noise and yamux, bitswap both ways, blocks out of the CAR store, a DHT when
 * asked for.
 */
export function assemble({ blocks, datastore, listen, announce, policy, routing, onSent }: Parts): Node {
  const helia = createHeliaLight({
    blockstore: new HotBlockstore(blocks),
    datastore,
    loadHasher: multihashHasher,
    routers: [noRouter],
  });
  const connected = withLibp2pLight<typeof helia, Services>(helia, {
    addresses: { listen, announce, appendAnnounce: announce.length === 0 ? ownPublicAddresses(listen) : [] },
    nodeInfo: { userAgent: `tidewater helia/${helia.info.version}` },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxReadBufferLength: UNREAD_BYTES } })],
    ...(routing.bootstrap.length > 0
      ? { peerDiscovery: [bootstrap({ list: [...routing.bootstrap], tagName: 'keep-alive-bootstrap' })] }
      : {}),
    services: { identify: identify(), ping: ping(), ...(routing.dht ? { dht: dhtOf(routing.dht) } : {}) },
    connectionGater: { denyDialMultiaddr: dialGate(policy, routing.bootstrap) },
    // A peer that is busy sending us blocks answers pings late; that is no reason to hang up on it.
    connectionMonitor: { abortConnectionOnPingFailure: false },
  });
  const node = withBitswap<Services>(connected, {
    sendWantlistDebounce: 2,
    // A slow line needs longer than ten seconds for a window of blocks.
    messageSendTimeout: 120_000,
    messageReceiveTimeout: 120_000,
  });
  const server = new BlockServer({
    blocks,
    onSent,
    openStream: (peer, signal) => node.libp2p.dialProtocol(peer, BITSWAP, { signal }),
  });
  node.addMixin<Node>({
    name: 'bitswap, mended',
    start: async (started) => {
      serveBy(server, started);
      await repeatEnds(started);
    },
  });
  return node;
}

/**
 * Amino: a client, and a server from when we have a public address. LAN: always a server, for its nodes reach each
 * other.
 */
function dhtOf(kind: 'amino' | 'lan'): ReturnType<typeof kadDHT> {
  if (kind === 'amino') return kadDHT({ protocol: '/ipfs/kad/1.0.0', peerInfoMapper: removePrivateAddressesMapper });
  return kadDHT({ protocol: '/ipfs/lan/kad/1.0.0', peerInfoMapper: removePublicAddressesMapper, clientMode: false });
}
