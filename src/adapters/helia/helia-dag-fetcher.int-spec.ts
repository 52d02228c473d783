import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BlockMap } from '../../pinning/testing/block-map.js';
import { describeDagFetcherContract } from '../../pinning/testing/dag-fetcher.contract.js';
import { HeliaDagFetcher } from './helia-dag-fetcher.js';
import { HeliaNode } from './helia-node.js';

describeDagFetcherContract('Helia, two nodes on loopback', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'helia-'));
  const start = async (name: string, blocks: BlockMap) => {
    const node = new HeliaNode({ folder: path.join(folder, name), blocks, listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], dialPrivate: true });
    await node.start();
    return node;
  };
  const remote = new BlockMap();
  const ours = await start('ours', new BlockMap());
  const theirs = await start('theirs', remote);
  const peer = theirs.addresses()[0]!;
  return {
    fetcher: new HeliaDagFetcher(ours, { dialPrivate: true }),
    remote,
    origin: peer,
    deadOrigin: peer.replace(/\/tcp\/\d+/, '/tcp/1'),
    close: async () => {
      await ours.stop();
      await theirs.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
