import type { CID } from 'multiformats/cid';
import { IpfsNode, type Announced, type FetchedBlock, type FetchOptions, type NodeStatus } from '../../network/index.js';
import { fetchDag, type FetcherSettings } from './helia-fetch.js';
import type { HeliaNode } from './helia-node.js';

/** The embedded node behind the platform's port. It serves what the CAR store has; nothing has to be handed to it. */
export class HeliaIpfsNode extends IpfsNode {
  constructor(private readonly node: HeliaNode, private readonly settings: FetcherSettings) {
    super();
  }

  fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock> {
    return fetchDag(this.node, root, options, this.settings);
  }

  addresses(): Promise<string[]> {
    return Promise.resolve(this.node.addresses().slice(0, 20));
  }

  hold(): Promise<void> {
    return Promise.resolve();
  }

  announce(): Promise<Announced> {
    return Promise.resolve({ routing: [] });
  }

  withdraw(): Promise<void> {
    return Promise.resolve();
  }

  status(): Promise<NodeStatus> {
    return Promise.resolve({
      kind: 'helia', agent: this.node.agent, peerId: this.node.peerId, addresses: this.node.addresses(), peers: this.node.libp2p.getPeers().length, routing: [],
    });
  }
}
