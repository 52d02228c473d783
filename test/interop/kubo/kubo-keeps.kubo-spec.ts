import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { KuboCommands } from '../../../src/adapters/kubo/kubo-commands.js';
import { KuboIpfsNode } from '../../../src/adapters/kubo/kubo-ipfs-node.js';
import { AddressPolicy } from '../../../src/platform/net/index.js';
import { BlockMap } from '../../../src/network/testing/block-map.js';
import { kuboBinary } from './kubo-binary.mjs';
import { KuboNode } from './kubo-node.mjs';

const MIB = 1024 ** 2;
const dht = { 'Routing.Type': 'dhtserver', 'Routing.LoopbackAddressesOnLanDHT': true, 'Provide.Enabled': true };
const authorized = {
  'API.Authorizations': { tidewater: { AuthSecret: 'basic:tidewater:not the password', AllowedPaths: ['/api/v0'] } },
};

describe('what our Kubo keeps and tells', () => {
  const soon = () => AbortSignal.timeout(20_000);
  let ours: KuboNode;
  let other: KuboNode;
  let commands: KuboCommands;
  let node: KuboIpfsNode;
  const blocks = new BlockMap();

  beforeAll(async () => {
    const kubo = kuboBinary();
    if (kubo.why !== undefined) throw new Error(kubo.why);
    [ours, other] = await Promise.all([
      KuboNode.start(kubo.path, { settings: dht }),
      KuboNode.start(kubo.path, { settings: dht }),
    ]);
    commands = new KuboCommands({ url: await ours.rpcUrl() });
    // The other Kubo is on loopback, where no origin leads unless the operator says so.
    node = new KuboIpfsNode(commands, { policy: AddressPolicy.PRIVATE_TOO });
  }, 60_000);
  afterAll(async () => {
    await commands.close();
    await Promise.all([ours.destroy(), other.destroy()]);
  });

  const import3 = () => blocks.import([{ content: randomBytes(3 * MIB) }]);
  const all = async function* () {
    await Promise.resolve();
    yield* blocks.entries();
  };
  const pinned = async (root: CID) =>
    (await ours.ipfs('pin', 'ls', '--type=recursive', '--names'))
      .split('\n')
      .filter((line) => line.startsWith(root.toString()));

  it('what it provides is pinned under our name, and unpinned when it stops', async () => {
    const root = await import3();
    await node.provide(root, all, soon());
    expect(await pinned(root)).toEqual([expect.stringMatching(/recursive.*tidewater/)]);
    await node.stopProviding(root, soon());
    expect(await pinned(root)).toEqual([]);
  }, 60_000);

  it('is not handed again what it has', async () => {
    const root = await import3();
    await node.provide(root, all, soon());
    let asked = 0;
    const counted = () => {
      asked += 1;
      return all();
    };
    await node.provide(root, counted, soon());
    await node.stopProviding(root, soon());
    await node.provide(root, counted, soon());
    expect(asked).toBe(0);
  }, 60_000);

  it('says at once that a block is lacking, where Kubo by itself would wait for it', async () => {
    const root = await import3();
    const withoutLast = async function* () {
      await Promise.resolve();
      yield* blocks.entries().slice(0, -2);
    };
    await expect(node.provide(root, withoutLast, soon())).rejects.toMatchObject({
      code: 'ERR_IPFS_NODE_ANSWER_BROKEN',
      retryable: true,
    });
    expect(await pinned(root)).toEqual([]);
  }, 60_000);

  it('a fetch that ends early leaves nothing pinned', async () => {
    const theirs = new KuboCommands({ url: await other.rpcUrl() });
    const root = await import3();
    await new KuboIpfsNode(theirs).provide(root, all, soon());
    await theirs.close();
    for await (const block of node.fetch(root, {
      origins: await other.addresses(),
      signal: soon(),
      have: () => Promise.resolve(null),
    }))
      if (block.depth > 0) break;
    expect(await ours.ipfs('block', 'stat', '--offline', root.toString())).toContain(root.toString());
    expect(await pinned(root)).toEqual([]);
  }, 60_000);

  it('announces to the DHT, where another Kubo finds us; and says so when there is nobody to tell', async () => {
    const root = await import3();
    await node.provide(root, all, soon());
    await ours.ipfs('swarm', 'connect', (await other.addresses())[0]!);
    // Kubo meets a peer before it knows that the peer speaks DHT.
    let announced = await node.announce(root, soon()).catch((error: unknown) => error);
    for (let times = 0; times < 20 && announced instanceof Error; times++) {
      expect(announced).toMatchObject({ code: 'ERR_IPFS_NODE_REFUSED', retryable: true });
      await new Promise((resolve) => setTimeout(resolve, 500));
      announced = await node.announce(root, soon()).catch((error: unknown) => error);
    }
    expect(announced).toEqual({ routing: ['dht'] });
    const { peerId } = await node.status();
    expect(await other.ipfs('routing', 'findprovs', '--num-providers=1', root.toString())).toBe(peerId);
  }, 60_000);

  it('lets nobody in without the secret, and us with it', async () => {
    const kubo = kuboBinary();
    if (kubo.why !== undefined) throw new Error(kubo.why);
    const guarded = await KuboNode.start(kubo.path, { settings: authorized });
    const url = await guarded.rpcUrl();
    const root = await import3();
    const [stranger, friend] = [
      new KuboCommands({ url }),
      new KuboCommands({ url, auth: 'tidewater:not the password' }),
    ];
    try {
      await expect(new KuboIpfsNode(stranger).provide(root, all, soon())).rejects.toMatchObject({
        code: 'ERR_IPFS_NODE_FORBIDDEN',
      });
      await expect(new KuboIpfsNode(stranger).addresses()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_FORBIDDEN' });
      await new KuboIpfsNode(friend).provide(root, all, soon());
      expect(await new KuboIpfsNode(friend).addresses()).toHaveLength(1);
    } finally {
      await Promise.all([stranger.close(), friend.close()]);
      await guarded.destroy();
    }
  }, 60_000);
});
