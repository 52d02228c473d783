import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { withBitswap } from '@helia/bitswap';
import { withLibp2pLight, type HeliaWithLibp2p } from '@helia/libp2p';
import { identify, type Identify } from '@libp2p/identify';
import type { Libp2p } from '@libp2p/interface';
import { ping, type Ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import type { Multiaddr } from '@multiformats/multiaddr';
import { LevelDatastore } from 'datastore-level';
import { createHeliaLight } from 'helia';
import type { CID } from 'multiformats/cid';
import { sha512 } from 'multiformats/hashes/sha2';
import type { HotBlocks } from '../../content/index.js';
import { isPublicAddress, publicFirst } from '../../network/index.js';
import { EgressMetrics } from './egress-metrics.js';
import { HotBlockstore } from './hot-blockstore.js';
import { ListenMemory } from './listen-memory.js';

export interface HeliaNodeOptions {
  /** Folder of the identity, the peer store and the remembered port. */
  folder: string;
  blocks: HotBlocks;
  /** Multiaddrs; `tcp/0` means the port of the last start, or any free one. */
  listen: string[];
  /** Multiaddrs to tell others instead of what we listen on. */
  announce: string[];
  dialPrivate: boolean;
  onSent?: (bytes: number) => void;
}

const AGENT = 'tidewater helia';

type Services = { identify: Identify; ping: Ping };
type Node = HeliaWithLibp2p<Services>;

/**
 * The embedded IPFS node: libp2p over TCP with noise and yamux, bitswap both ways, blocks out of the CAR store. No DHT, no
 * bootstrap peers, no discovery: it speaks to whom it is told to. It keeps no pins and collects no garbage.
 */
export class HeliaNode {
  private node: Node | undefined;
  private datastore: LevelDatastore | undefined;

  constructor(private readonly options: HeliaNodeOptions) {}

  async start(): Promise<void> {
    const { folder, listen } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.datastore = new LevelDatastore(path.join(folder, 'datastore'));
    await this.datastore.open();
    const memory = new ListenMemory(path.join(folder, 'listen.json'));
    this.node = this.assemble(this.datastore, await memory.recall(listen));
    await this.node.start();
    await memory.remember(listen, this.node.libp2p.getMultiaddrs().map(String));
  }

  async stop(): Promise<void> {
    const { node, datastore } = this;
    this.node = undefined;
    this.datastore = undefined;
    await node?.stop();
    await datastore?.close();
  }

  get libp2p(): Libp2p<Services> {
    return this.running.libp2p;
  }

  /** Dialable multiaddrs, each ending in /p2p/<peer id>. */
  addresses(): string[] {
    return publicFirst(this.libp2p.getMultiaddrs()).map(String);
  }

  /** @throws when nobody could reach us. */
  assertListening(): Promise<void> {
    return this.node && this.addresses().length > 0 ? Promise.resolve() : Promise.reject(new Error('the IPFS node listens nowhere'));
  }

  get peerId(): string {
    return this.libp2p.peerId.toString();
  }

  /** The name that other peers are told. */
  get agent(): string {
    return AGENT;
  }

  async dial(address: Multiaddr, signal: AbortSignal): Promise<void> {
    await this.libp2p.dial(address, { signal });
  }

  isConnected(address: Multiaddr): boolean {
    const peer = address.getComponents().find((part) => part.name === 'p2p')?.value;
    return this.libp2p.getConnections().some((connection) => peer === undefined
      ? connection.remoteAddr.toString().startsWith(address.toString())
      : connection.remotePeer.toString() === peer);
  }

  /** A block from the CAR store or over bitswap, verified against its CID. Waits until a peer sends it or the signal aborts. */
  async block(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.running.blockstore.get(cid, { signal })) chunks.push(chunk);
    const only = chunks[0];
    return chunks.length === 1 && only ? only : Buffer.concat(chunks);
  }

  private get running(): Node {
    if (!this.node) throw new Error('the IPFS node is not running');
    return this.node;
  }

  private assemble(datastore: LevelDatastore, listen: string[]): Node {
    const { blocks, announce, dialPrivate, onSent } = this.options;
    const helia = createHeliaLight({ blockstore: new HotBlockstore(blocks), datastore, hashers: [sha512], metrics: new EgressMetrics((bytes) => onSent?.(bytes)) });
    const connected = withLibp2pLight<typeof helia, Services>(helia, {
      addresses: { listen, announce },
      nodeInfo: { userAgent: AGENT },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), ping: ping() },
      connectionGater: { denyDialMultiaddr: (address) => !dialPrivate && !isPublicAddress(address) },
      // A peer that is busy sending us blocks answers pings late; that is no reason to hang up on it.
      connectionMonitor: { abortConnectionOnPingFailure: false },
    });
    return withBitswap<Services>(connected, {
      sendWantlistDebounce: 2,
      // A slow line needs longer than ten seconds for a window of blocks.
      messageSendTimeout: 120_000,
      messageReceiveTimeout: 120_000,
      sendBlocksTimeout: 120_000,
    });
  }
}
