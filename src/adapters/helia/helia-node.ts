import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { LevelDatastore } from 'datastore-level';
import type { CID } from 'multiformats/cid';
import type { HotBlocks } from '../../storage/index.js';
import { dialable, publicFirst } from '../../network/index.js';
import type { AddressPolicy } from '../../platform/net/index.js';
import { Clock, SystemClock } from '../../shared/index.js';
import { Gateways } from './gateways.js';
import { assemble, type Node, type Services } from './helia-assembly.js';
import { ListenPorts } from './listen-ports.js';
import {
  delegatedRouting,
  DhtRouting,
  NO_ROUTING,
  ProviderSearch,
  routingNames,
  type FoundPeer,
  type RoutingSettings,
} from './routing.js';

/** What a node is made of. It stays the same while the node runs. */
export interface HeliaNodeOptions {
  /** Folder of the identity, the peer store and the remembered port. */
  folder: string;
  blocks: HotBlocks;
  /** Multiaddrs; `tcp/0` means the port of the last start, or any free one. */
  listen: string[];
  /** Multiaddrs to tell others instead of what we listen on. */
  announce: string[];
  /** Which addresses that strangers name may be dialled. */
  policy: AddressPolicy;
  /** Absent: it speaks only to whom it is told to. */
  routing?: RoutingSettings;
  /** Told of the bytes of blocks in each batch that a peer took. */
  onSent?: (bytes: number) => void;
  clock?: Clock;
}

const MOST_ADDRESSES_OF_A_PEER = 8;

/**
 * The embedded IPFS node. Between `start` and `stop` everything here works; outside, what needs the running node
 * throws. It knows nothing of DAGs: it dials, asks who has something, and gets one block at a time. What it does:
 * bitswap both ways, blocks out of the CAR store, and what the settings say of DHT, delegated routing and gateways. It
 * keeps no pins and collects no garbage.
 */
export class HeliaNode {
  private node: Node | undefined;
  private datastore: LevelDatastore | undefined;
  private readonly routing: RoutingSettings;
  /** Whom to ask who has a DAG. */
  search = new ProviderSearch([]);
  gateways: Gateways | undefined;
  dht: DhtRouting | undefined;

  constructor(private readonly options: HeliaNodeOptions) {
    this.routing = options.routing ?? NO_ROUTING;
  }

  /**
   * Listens when it resolves, with the identity and the port of the last start.
   * @throws when a port that was asked for is taken.
   */
  async start(): Promise<void> {
    const { folder, listen } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const datastore = new LevelDatastore(path.join(folder, 'datastore'));
    this.datastore = datastore;
    await datastore.open();
    const ports = new ListenPorts(path.join(folder, 'listen.json'));
    const recalled = await ports.recall(listen);
    const node = await this.listenOn(datastore, recalled).catch((error: unknown) => {
      // Somebody took a remembered port since it was looked at: any other will do.
      if (recalled.join() === listen.join()) throw error;
      return this.listenOn(datastore, listen);
    });
    await ports.remember(listen, node.libp2p.getMultiaddrs().map(String));
    this.openRouting(node);
  }

  private async listenOn(datastore: LevelDatastore, listen: string[]): Promise<Node> {
    const { blocks, announce, policy, onSent } = this.options;
    const node = assemble({
      blocks,
      datastore,
      listen,
      announce,
      policy,
      routing: this.routing,
      onSent: (bytes) => onSent?.(bytes),
    });
    this.node = node;
    try {
      await node.start();
      return node;
    } catch (error) {
      this.node = undefined;
      await Promise.resolve(node.stop()).catch(() => undefined);
      throw error;
    }
  }

  /** Hangs up on everybody. Idempotent. */
  async stop(): Promise<void> {
    const { node, datastore } = this;
    this.node = undefined;
    this.datastore = undefined;
    await node?.stop();
    await datastore?.close();
  }

  /** @throws Error while the node is not running */
  get libp2p(): Libp2p<Services> {
    return this.running.libp2p;
  }

  /** Dialable multiaddrs, public ones alone where there are any, each ending in /p2p/<peer id>. */
  addresses(): string[] {
    return publicFirst(this.libp2p.getMultiaddrs()).map(String);
  }

  /** @throws when nobody could reach us. */
  assertListening(): Promise<void> {
    return this.node && this.addresses().length > 0
      ? Promise.resolve()
      : Promise.reject(new Error('the IPFS node listens nowhere'));
  }

  /** Of the key in the folder: the same after every start. @throws Error while the node is not running */
  get peerId(): string {
    return this.libp2p.peerId.toString();
  }

  /** The name that other peers are told. */
  get agent(): string {
    return `tidewater helia/${this.running.info.version}`;
  }

  /** By the settings, whether the node runs or not. */
  get routingNames(): string[] {
    return routingNames(this.routing);
  }

  /** Connects, wherever the address leads: it was judged before. @throws when nobody answers there. */
  async dial(address: Multiaddr, signal: AbortSignal): Promise<void> {
    await this.libp2p.dial(address, { signal });
  }

  /**
   * Dials a peer that a stranger named, by those of its addresses that may be dialled (eight are looked at); without
   * any, by what libp2p finds out itself. Nothing happens for ourselves and for peers that are connected.
   * @throws Error when none of its addresses may be dialled, or nobody answers
   */
  async dialFound({ id, addresses }: FoundPeer, signal: AbortSignal): Promise<void> {
    if (id === this.peerId || this.libp2p.getConnections(peerIdFromString(id)).length > 0) return;
    const named = addresses
      .slice(0, MOST_ADDRESSES_OF_A_PEER)
      .map((text) => (text.includes('/p2p/') ? text : `${text}/p2p/${id}`));
    const allowed = (await Promise.all(named.map((text) => dialable(text, this.options.policy)))).filter(
      (address) => address !== null,
    );
    if (addresses.length > 0 && allowed.length === 0) throw new Error(`no address of ${id} may be dialled`);
    await this.libp2p.dial(allowed.length > 0 ? allowed : peerIdFromString(id), { signal });
  }

  /** By the peer id in the address, or by the address itself where it names none. */
  isConnected(address: Multiaddr): boolean {
    const peer = address.getComponents().find((part) => part.name === 'p2p')?.value;
    return this.libp2p
      .getConnections()
      .some((connection) =>
        peer === undefined
          ? connection.remoteAddr.toString().startsWith(address.toString())
          : connection.remotePeer.toString() === peer,
      );
  }

  /**
   * Tries the bootstrap peers again when nobody is connected: they are tried once by themselves, and the line may have
   * been down then.
   */
  async rejoin(signal: AbortSignal): Promise<void> {
    if (this.libp2p.getConnections().length > 0) return;
    await Promise.allSettled(this.routing.bootstrap.map((text) => this.libp2p.dial(multiaddr(text), { signal })));
  }

  /**
   * A block from the CAR store or over bitswap, verified against its CID. Waits until a peer sends it or the signal
   * aborts.
   */
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

  private openRouting(node: Node): void {
    const { delegated, gateways } = this.routing;
    const { dht } = node.libp2p.services;
    this.dht = dht ? new DhtRouting(dht) : undefined;
    const known = this.dht;
    this.search = new ProviderSearch([
      ...(known ? [(root: CID, signal: AbortSignal) => known.providers(root, signal)] : []),
      ...delegatedRouting(delegated),
    ]);
    this.gateways =
      gateways.length > 0 ? new Gateways(gateways, node.logger, this.options.clock ?? new SystemClock()) : undefined;
  }
}
