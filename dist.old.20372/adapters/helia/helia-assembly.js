import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { withBitswap } from '@helia/bitswap';
import { withLibp2pLight } from '@helia/libp2p';
import { bootstrap } from '@libp2p/bootstrap';
import { identify } from '@libp2p/identify';
import { kadDHT, removePrivateAddressesMapper, removePublicAddressesMapper } from '@libp2p/kad-dht';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { createHeliaLight } from 'helia';
import { multihashHasher } from '../../ipld/index.js';
import { BlockServer } from './block-server.js';
import { dialGate, ownPublicAddresses } from './peer-addresses.js';
import { HotBlockstore } from './hot-blockstore.js';
import { BITSWAP, repeatEnds, serveBy } from './bitswap-patch.js';
/**
 * What may lie unread in a stream: what yamux lets a peer send ahead. By its default of 4 MiB a stream is cut off when
 * its blocks come faster than its handler begins to read, and they are lost.
 */ const UNREAD_BYTES = 16 * 1024 ** 2;
/** Helia looks for providers of every single block by itself; here a fetch looks when it stalls. */ const noRouter = {
    name: 'libp2p-router',
    async *findProviders () {
    /* nobody */ }
};
/**
 * Wires the node: libp2p over TCP with noise and yamux, bitswap both ways, blocks out of the CAR store, a DHT when
 * asked for.
 */ export function assemble({ blocks, datastore, listen, announce, policy, routing, onSent }) {
    const helia = createHeliaLight({
        blockstore: new HotBlockstore(blocks),
        datastore,
        loadHasher: multihashHasher,
        routers: [
            noRouter
        ]
    });
    const connected = withLibp2pLight(helia, {
        addresses: {
            listen,
            announce,
            appendAnnounce: announce.length === 0 ? ownPublicAddresses(listen) : []
        },
        nodeInfo: {
            userAgent: `tidewater helia/${helia.info.version}`
        },
        transports: [
            tcp()
        ],
        connectionEncrypters: [
            noise()
        ],
        streamMuxers: [
            yamux({
                streamOptions: {
                    maxReadBufferLength: UNREAD_BYTES
                }
            })
        ],
        ...routing.bootstrap.length > 0 ? {
            peerDiscovery: [
                bootstrap({
                    list: [
                        ...routing.bootstrap
                    ],
                    tagName: 'keep-alive-bootstrap'
                })
            ]
        } : {},
        services: {
            identify: identify(),
            ping: ping(),
            ...routing.dht ? {
                dht: dhtOf(routing.dht)
            } : {}
        },
        connectionGater: {
            denyDialMultiaddr: dialGate(policy, routing.bootstrap)
        },
        // A peer that is busy sending us blocks answers pings late; that is no reason to hang up on it.
        connectionMonitor: {
            abortConnectionOnPingFailure: false
        }
    });
    const node = withBitswap(connected, {
        sendWantlistDebounce: 2,
        // A slow line needs longer than ten seconds for a window of blocks.
        messageSendTimeout: 120_000,
        messageReceiveTimeout: 120_000
    });
    const server = new BlockServer({
        blocks,
        onSent,
        openStream: (peer, signal)=>node.libp2p.dialProtocol(peer, BITSWAP, {
                signal
            })
    });
    node.addMixin({
        name: 'bitswap, mended',
        start: async (started)=>{
            serveBy(server, started);
            await repeatEnds(started);
        }
    });
    return node;
}
/**
 * Amino: a client, and a server from when we have a public address. LAN: always a server, for its nodes reach each
 * other.
 */ function dhtOf(kind) {
    if (kind === 'amino') return kadDHT({
        protocol: '/ipfs/kad/1.0.0',
        peerInfoMapper: removePrivateAddressesMapper
    });
    return kadDHT({
        protocol: '/ipfs/lan/kad/1.0.0',
        peerInfoMapper: removePublicAddressesMapper,
        clientMode: false
    });
}

//# sourceMappingURL=helia-assembly.js.map
