import { murmur364 } from '@multiformats/murmur3';
import type { CID } from 'multiformats/cid';
import { nodeKey, type NamedLink, type UnixfsNode } from '../../ipld/index.js';
import { type Blocks, inSteps } from './blocks.js';
import { Unreadable } from './gateway.errors.js';

/** One node of a sharded directory (https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory). */
export type ShardNode = Extract<UnixfsNode, { kind: 'shard' }>;

/** Bits that the hash of a name has: no sharded directory is deeper than they last. */
const HASH_BITS = 64;

/**
 * The member of that name, and the shards below the root that lead to it; null: there is none. Reads one shard per
 * level.
 * @throws Unreadable for shards that are no sharded directory together
 */
export async function findInShards(
  blocks: Blocks,
  root: ShardNode,
  name: string,
): Promise<{ cid: CID; shards: CID[] } | null> {
  const hash = await hashOf(name);
  const shards: CID[] = [];
  let node = root;
  for (let used = 0; used + node.bits <= HASH_BITS;) {
    const position = Number((hash >> BigInt(HASH_BITS - used - node.bits)) & BigInt(2 ** node.bits - 1));
    const prefix = position.toString(16).toUpperCase().padStart(node.prefixLength, '0');
    // The member at that place, or the shard that stands for all members there.
    const index = await inSteps(blocks, node.links.indexOf([prefix + name, prefix]));
    if (index < 0) return null;
    const link = node.links.at(index);
    if (link.name !== prefix) return { cid: link.cid, shards };
    used += node.bits;
    shards.push(link.cid);
    node = await shardAt(blocks, link.cid);
  }
  return null;
}

/**
 * All members, in the order of the blocks. No sound directory has one shard at two places: each name lies at the
 * place that its hash says.
 * @throws Unreadable for shards that repeat, or lie deeper than a hash is long
 */
export async function* listShards(blocks: Blocks, root: ShardNode): AsyncGenerator<NamedLink> {
  const seen = new Set<string>();
  const levels = [{ node: root, next: 0, bits: root.bits }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { node, bits } = level;
    if (level.next === node.links.length) {
      levels.pop();
      continue;
    }
    const link = node.links.at(level.next);
    level.next += 1;
    if (link.name.length > node.prefixLength) {
      yield { ...link, name: link.name.slice(node.prefixLength) };
      continue;
    }
    const key = nodeKey(link.cid);
    if (seen.has(key)) throw new Unreadable(`the shard ${link.cid.toString()} is in the directory twice`);
    seen.add(key);
    const below = await shardAt(blocks, link.cid);
    if (bits + below.bits > HASH_BITS) throw new Unreadable('the shards lie deeper than a hash of a name is long');
    levels.push({ node: below, next: 0, bits: bits + below.bits });
    await blocks.pause();
  }
}

/** @throws Unreadable */
async function shardAt(blocks: Blocks, cid: CID): Promise<ShardNode> {
  const node = await blocks.node(cid);
  if (node.kind !== 'shard') throw new Unreadable(`${cid.toString()} is part of a sharded directory and no shard`);
  return node;
}

/** The first 64 bits of murmur3-x64-128, the first bit highest. */
async function hashOf(name: string): Promise<bigint> {
  const digest = await murmur364.encode(Buffer.from(name));
  return Buffer.from(digest).readBigUInt64BE(0);
}
