import type { CID } from 'multiformats/cid';
import {
  IpfsNode,
  type Announced,
  type FetchedBlock,
  type FetchOptions,
  type NodeStatus,
  walkSession,
} from '../../network/index.js';
import { HeliaFetchSession, type FetcherSettings } from './helia-fetch-session.js';
import type { HeliaNode } from './helia-node.js';

/** A walk to twenty peers of the public DHT takes seconds; one that takes longer is better begun again later. */
const ANNOUNCE_TIMEOUT_MS = 60_000;

/**
 * The embedded node behind the platform's port (the contract: `IpfsNode`, and its suite in network/testing). It serves
 * what the CAR store has; nothing has to be handed to it.
 */
export class HeliaIpfsNode extends IpfsNode {
  constructor(
    private readonly node: HeliaNode,
    private readonly settings: FetcherSettings,
  ) {
    super();
  }

  /** Begins with the first step of the iterator; ends the session however the reader leaves. */
  fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock> {
    return walkSession(new HeliaFetchSession(this.node, root, options, this.settings), root, options);
  }

  /** At most 20, as the Pinning Service API 1.0.0 lets `delegates` be. */
  addresses(): Promise<string[]> {
    return Promise.resolve(this.node.addresses().slice(0, 20));
  }

  /** What the CAR store has is provided already. */
  provide(): Promise<void> {
    return Promise.resolve();
  }

  /** HTTP routers and gateways are only asked, never told: the DHT is where announcements go. */
  async announce(root: CID, signal: AbortSignal): Promise<Announced> {
    const { dht } = this.node;
    if (!dht) return { routing: [] };
    const limited = AbortSignal.any([signal, AbortSignal.timeout(ANNOUNCE_TIMEOUT_MS)]);
    await this.node.rejoin(limited);
    const told = await dht.announce(root, limited);
    if (told === 0) throw new Error('no peer of the DHT took the announcement');
    return { routing: ['dht'] };
  }

  /** What was announced runs out by itself within a day or two; here it is made sure that it is not said again. */
  async stopProviding(root: CID): Promise<void> {
    await this.node.dht?.forget(root);
  }

  /** @throws Error while the node is not running */
  async status(): Promise<NodeStatus> {
    const { agent, peerId, routingNames: routing } = this.node;
    return {
      kind: 'helia',
      agent,
      peerId,
      addresses: await this.addresses(),
      peers: this.node.libp2p.getPeers().length,
      routing,
    };
  }
}
