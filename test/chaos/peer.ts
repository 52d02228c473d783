import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CID } from 'multiformats/cid';
import { blockKey } from '../../src/ipld/index.js';
import { buildDag } from '../../src/retrieval/testing/dag-builder.js';
import type { HeliaNodeOptions } from '../../src/adapters/helia/helia-node.js';
import type { AddressPolicy as Policy } from '../../src/platform/net/index.js';
import { bytesOf, type Recipe } from './random.js';

interface RunningNode {
  start(): Promise<void>;
  stop(): Promise<void>;
  addresses(): string[];
}

/** An IPFS peer on loopback that has what pins ask for and the platform has not. */
export class Peer {
  private readonly blocks = new Map<string, Uint8Array>();
  private node: RunningNode | null = null;

  async start(folder: string): Promise<void> {
    const { HeliaNode } = await built<{ HeliaNode: new (options: HeliaNodeOptions) => RunningNode }>(
      'adapters/helia/helia-node.js',
    );
    const { AddressPolicy } = await built<{ AddressPolicy: typeof Policy }>('platform/net/index.js');
    const find = (cid: CID) => this.blocks.get(blockKey(cid));
    const blocks = {
      get: (cid: CID) => Promise.resolve(find(cid)?.slice() ?? null),
      has: (cid: CID) => Promise.resolve(find(cid) !== undefined),
      size: (cid: CID) => Promise.resolve(find(cid)?.length ?? null),
    };
    this.node = new HeliaNode({
      folder,
      blocks: blocks as unknown as HeliaNodeOptions['blocks'],
      listen: ['/ip4/127.0.0.1/tcp/0'],
      announce: [],
      policy: AddressPolicy.PRIVATE_TOO,
    });
    await this.node.start();
  }

  get addresses(): string[] {
    return this.node?.addresses() ?? [];
  }

  /** From now on it has this file; answers its root. */
  async add(recipe: Recipe): Promise<string> {
    const { root, blocks } = await buildDag(bytesOf(recipe), { chunkBytes: 64 * 1024, width: 8 });
    for (const { cid, bytes } of blocks) this.blocks.set(blockKey(cid), bytes);
    return root.toString();
  }

  async stop(): Promise<void> {
    await this.node?.stop();
  }
}

/** A module as it was built: its decorators are for the compiler. */
async function built<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(path.resolve(import.meta.dirname, '../../dist', file)).href)) as T;
}

/** The root of a file that no peer has. */
export async function unknownRoot(recipe: Recipe): Promise<string> {
  return (await buildDag(bytesOf({ ...recipe, size: Math.min(recipe.size, 1_000) }))).root.toString();
}
