import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BlockMap } from '../../network/testing/block-map.js';
import { describeIpfsNodeContract } from '../../network/testing/ipfs-node.contract.js';
import { HeliaIpfsNode } from './helia-ipfs-node.js';
import { HeliaNode } from './helia-node.js';

describeIpfsNodeContract('Helia, two nodes on loopback', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'helia-'));
  const start = async (name: string, blocks: BlockMap) => {
    const node = new HeliaNode({ folder: path.join(folder, name), blocks, listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], dialPrivate: true });
    await node.start();
    return node;
  };
  const remote = new BlockMap();
  const own = new BlockMap();
  const ours = await start('ours', own);
  const theirs = await start('theirs', remote);
  const peer = theirs.addresses()[0]!;
  return {
    node: new HeliaIpfsNode(ours, { dialPrivate: true }),
    remote,
    origin: peer,
    deadOrigin: peer.replace(/\/tcp\/\d+/, '/tcp/1'),
    own,
    fetchFromUs: async (root, signal) => {
      const visitor = await start(`visitor of ${root.toString()}`, new BlockMap());
      try {
        let blocks = 0;
        const options = { origins: ours.addresses(), have: () => Promise.resolve(null), signal };
        for await (const { cid } of new HeliaIpfsNode(visitor, { dialPrivate: true }).fetch(root, options)) blocks += cid ? 1 : 0;
        return blocks;
      } finally {
        await visitor.stop();
      }
    },
    close: async () => {
      await ours.stop();
      await theirs.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
