import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CID } from 'multiformats/cid';
import { BlockMap } from '../../../network/testing/block-map.js';
import { AddressPolicy } from '../../../platform/net/index.js';
import type { FetcherSettings } from '../helia-fetch-session.js';
import { HeliaIpfsNode } from '../helia-ipfs-node.js';
import { HeliaNode } from '../helia-node.js';
import { NO_ROUTING, type RoutingSettings } from '../routing.js';

export interface HeliaPeer {
  helia: HeliaNode;
  blocks: BlockMap;
  node: HeliaIpfsNode;
  address: string;
}

/** Helia nodes on loopback, each over blocks in memory. */
export class HeliaPeers {
  private count = 0;
  private readonly open: HeliaNode[] = [];

  private constructor(private readonly folder: string) {}

  static async create(): Promise<HeliaPeers> {
    return new HeliaPeers(await mkdtemp(path.join(tmpdir(), 'helia-')));
  }

  async start(routing: Partial<RoutingSettings> = {}, settings: Partial<FetcherSettings> = {}): Promise<HeliaPeer> {
    const policy = settings.policy ?? AddressPolicy.PRIVATE_TOO;
    const blocks = new BlockMap();
    const helia = new HeliaNode({
      folder: path.join(this.folder, String(this.count++)),
      blocks,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      announce: [],
      policy,
      routing: { ...NO_ROUTING, ...routing },
    });
    this.open.push(helia);
    await helia.start();
    return {
      helia,
      blocks,
      node: new HeliaIpfsNode(helia, { ...settings, policy }),
      address: helia.addresses()[0]!,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.open.map((helia) => helia.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** How many blocks come, from whomever the node finds. */
export async function fetchAll(
  node: HeliaIpfsNode,
  root: CID,
  options: { origins?: string[]; signal?: AbortSignal; onSources?: (count: number) => void } = {},
): Promise<number> {
  let blocks = 0;
  const { origins = [], signal = AbortSignal.timeout(30_000), onSources } = options;
  for await (const { cid } of node.fetch(root, {
    origins,
    signal,
    have: () => Promise.resolve(null),
    ...(onSources ? { onSources } : {}),
  }))
    blocks += cid ? 1 : 0;
  return blocks;
}
