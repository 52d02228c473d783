import { describeIpfsNodeContract, type NodeSetting } from '../../network/testing/ipfs-node.contract.js';
import type { RoutingSettings } from './routing.js';
import { fetchAll, HeliaPeers, type HeliaPeer } from './testing/helia-peers.js';

async function setting(
  peers: HeliaPeers,
  ours: HeliaPeer,
  theirs: HeliaPeer,
  routing: Partial<RoutingSettings> = {},
): Promise<NodeSetting> {
  return Promise.resolve({
    node: ours.node,
    remote: theirs.blocks,
    origin: theirs.address,
    deadOrigin: theirs.address.replace(/\/tcp\/\d+/, '/tcp/1'),
    own: ours.blocks,
    fetchFromUs: async (root, signal) => {
      const visitor = await peers.start(routing);
      return fetchAll(visitor.node, root, { origins: [ours.address], signal });
    },
    close: () => peers.close(),
  });
}

describeIpfsNodeContract('Helia, two nodes on loopback', async () => {
  const peers = await HeliaPeers.create();
  return setting(peers, await peers.start(), await peers.start());
});

describeIpfsNodeContract('Helia, in the DHT of a private network', async () => {
  const peers = await HeliaPeers.create();
  const theirs = await peers.start({ dht: 'lan' });
  const routing = { dht: 'lan', bootstrap: [theirs.address] } as const;
  return setting(peers, await peers.start(routing), theirs, routing);
});
