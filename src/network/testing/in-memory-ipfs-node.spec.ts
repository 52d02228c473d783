import { BlockMap } from './block-map.js';
import { describeIpfsNodeContract } from './ipfs-node.contract.js';
import { InMemoryIpfsNode } from './in-memory-ipfs-node.js';

describeIpfsNodeContract('in memory', () => {
  const node = new InMemoryIpfsNode();
  const remote = new BlockMap();
  node.addPeer('/memory/1', remote);
  return Promise.resolve({ node, remote, origin: '/memory/1', deadOrigin: '/memory/2', close: () => Promise.resolve() });
});
