import { walkDag } from '../domain/dag-walk.js';
import { BlockMap } from './block-map.js';
import { describeIpfsNodeContract } from './ipfs-node.contract.js';
import { InMemoryIpfsNode } from './in-memory-ipfs-node.js';

describeIpfsNodeContract('in memory', () => {
  const node = new InMemoryIpfsNode();
  const remote = new BlockMap();
  node.addPeer('/memory/1', remote);
  return Promise.resolve({
    node,
    remote,
    origin: '/memory/1',
    deadOrigin: '/memory/2',
    own: new BlockMap(),
    fetchFromUs: async (root, signal) => {
      let blocks = 0;
      for await (const { cid } of walkDag(root, {
        load: async (wanted) => (await node.provided.get(wanted)) ?? Promise.reject(new Error('not provided')),
        signal,
      }))
        blocks += cid ? 1 : 0;
      return blocks;
    },
    close: () => Promise.resolve(),
  });
});
