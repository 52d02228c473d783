import type { CID } from 'multiformats/cid';
import { DAG_CBOR, type UnixfsNode } from '../../ipld/index.js';
import { type Blocks, inSteps } from './blocks.js';
import { followValue } from './dag-node.js';
import type { DirectoryNode } from './directory-listing.js';
import { NotHere, NotTraversable } from './gateway.errors.js';
import { findInShards } from './sharded-directory.js';

/** Where a path leads. */
export interface Resolved {
  cid: CID;
  node: UnixfsNode;
  /** The root and the CID of each segment. */
  roots: CID[];
  /** The blocks above the target that a reader needs to check the path: `roots` without the last, and shards between. */
  path: CID[];
}

/** Follows a path from the root, member by member. @throws NotHere, NotTraversable, Unreadable. */
export async function resolvePath(blocks: Blocks, root: CID, segments: readonly string[]): Promise<Resolved> {
  let cid = root;
  let node = await blocks.node(cid);
  const roots = [cid];
  const path: CID[] = [];
  for (let index = 0; index < segments.length;) {
    const step = await follow(blocks, cid, node, segments.slice(index));
    path.push(cid, ...step.between);
    cid = step.cid;
    node = await blocks.node(cid);
    roots.push(cid);
    index += step.used;
  }
  return { cid, node, roots, path };
}

/** One step: to a member by its name, or through a dag-cbor value by as many names as it takes to meet a link. */
async function follow(
  blocks: Blocks,
  cid: CID,
  node: UnixfsNode,
  segments: readonly string[],
): Promise<{ cid: CID; used: number; between: CID[] }> {
  const [name = ''] = segments;
  if (node.kind === 'directory' || node.kind === 'shard') {
    const member = await findMember(blocks, node, name);
    if (!member) throw new NotHere(`there is no '${name}' in ${cid.toString()}`);
    return { cid: member.cid, used: 1, between: member.shards };
  }
  if (cid.code === DAG_CBOR) {
    const found = await followValue(cid, await blocks.get(cid), segments);
    if (found === 'absent') throw new NotHere(`the path leads nowhere inside ${cid.toString()}`);
    if (found === 'value')
      throw new NotTraversable(`the path ends at a value inside ${cid.toString()}, not at a block`);
    return { ...found, between: [] };
  }
  if (node.kind === 'other')
    throw new NotTraversable(`${cid.toString()} has no path below it that could be followed here`);
  throw new NotHere(`${cid.toString()} is a file; there is no '${name}' in it`);
}

/** The member of that name, and the shards that lead to it; null: there is none. @throws Unreadable */
export async function findMember(
  blocks: Blocks,
  node: DirectoryNode,
  name: string,
): Promise<{ cid: CID; shards: CID[] } | null> {
  if (node.kind === 'shard') return findInShards(blocks, node, name);
  const index = await inSteps(blocks, node.links.indexOf([name]));
  return index < 0 ? null : { cid: node.links.at(index).cid, shards: [] };
}
