import { walkPath } from 'ipfs-unixfs-exporter';
import type { CID } from 'multiformats/cid';
import type { Blocks } from './blocks.js';
import { decodeNode, type DagNode, type NamedLink } from './dag-node.js';

type DirectoryNode = Extract<DagNode, { kind: 'directory' | 'shard' }>;

/** No sharded directory is deeper: the hash of a name has 64 bits, at least 3 of them per level. */
const MAX_DEPTH = 24;

/** The member of that name, or null. */
export async function findMember(blocks: Blocks, cid: CID, node: DirectoryNode, name: string): Promise<CID | null> {
  if (node.kind === 'directory') return node.links.find((link) => link.name === name)?.cid ?? null;
  // The library's path separator; a UnixFS name cannot contain it, and an escape would only confuse.
  if (name.includes('/') || name.includes('\\')) return findByListing(blocks, node, name);
  try {
    let found: CID | null = null;
    for await (const entry of walkPath(`${cid.toString()}/${name}`, asBlockstore(blocks)))
      found = entry.name === name ? entry.cid : null;
    return found;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundError') return null;
    throw error;
  }
}

/** All members, in the order of the blocks. */
export async function* listMembers(blocks: Blocks, node: DirectoryNode, depth = 0): AsyncGenerator<NamedLink> {
  if (node.kind === 'directory') return yield* node.links;
  for (const link of node.links) {
    if (link.name.length > node.prefixLength) {
      yield { ...link, name: link.name.slice(node.prefixLength) };
      continue;
    }
    const below = decodeNode(link.cid, await blocks.get(link.cid));
    if (below.kind === 'shard' && depth < MAX_DEPTH) yield* listMembers(blocks, below, depth + 1);
  }
}

async function findByListing(blocks: Blocks, node: DirectoryNode, name: string): Promise<CID | null> {
  for await (const link of listMembers(blocks, node)) if (link.name === name) return link.cid;
  return null;
}

function asBlockstore(blocks: Blocks) {
  return {
    async *get(cid: CID) {
      yield await blocks.get(cid);
    },
  };
}
