import { KuboCommands } from '../../../src/adapters/kubo/kubo-commands.js';
import { KuboIpfsNode } from '../../../src/adapters/kubo/kubo-ipfs-node.js';
import { BlockMap } from '../../../src/network/testing/block-map.js';
import { describeIpfsNodeContract } from '../../../src/network/testing/ipfs-node.contract.js';
import { AddressPolicy } from '../../../src/platform/net/index.js';
import type { FetchedBlock, FetchOptions } from '../../../src/network/index.js';
import type { CID } from 'multiformats/cid';
import { kuboBinary } from './kubo-binary.mjs';
import { KuboNode } from './kubo-node.mjs';
import { RemoteKubo } from './remote-kubo.js';

/** No origin leads to loopback unless the operator says so. */
const ON_LOOPBACK = { policy: AddressPolicy.PRIVATE_TOO };

/** A peer has a block when the test has put it there, not a moment later. */
class NodeAfterFlush extends KuboIpfsNode {
  constructor(
    kubo: KuboCommands,
    private readonly remote: RemoteKubo,
  ) {
    super(kubo, ON_LOOPBACK);
  }

  override async *fetch(root: CID, options: FetchOptions): AsyncGenerator<FetchedBlock> {
    await this.remote.flush();
    yield* super.fetch(root, options);
  }
}

describeIpfsNodeContract('Kubo beside us, and two more on loopback', async () => {
  const kubo = kuboBinary();
  if (kubo.why !== undefined) throw new Error(kubo.why);
  const nodes = await Promise.all([1, 2, 3].map(() => KuboNode.start(kubo.path)));
  const [ours, theirs, stranger] = nodes as [KuboNode, KuboNode, KuboNode];
  const commands = new KuboCommands({ url: await ours.rpcUrl() });
  const others = new KuboCommands({ url: await stranger.rpcUrl() });
  const remote = await RemoteKubo.of(theirs);
  const [origin] = (await theirs.addresses()) as [string];
  const node = new NodeAfterFlush(commands, remote);
  return {
    node,
    remote,
    origin,
    deadOrigin: origin.replace(/\/tcp\/\d+/, '/tcp/1'),
    own: new BlockMap(),
    fetchFromUs: async (root, signal) => {
      let blocks = 0;
      for await (const { cid } of new KuboIpfsNode(others, ON_LOOPBACK).fetch(root, {
        origins: await node.addresses(),
        signal,
        have: () => Promise.resolve(null),
      }))
        blocks += cid ? 1 : 0;
      return blocks;
    },
    close: async () => {
      await Promise.all([commands.close(), others.close()]);
      await Promise.all(nodes.map((each) => each.destroy()));
    },
  };
});
