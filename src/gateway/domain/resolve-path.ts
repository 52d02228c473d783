import { walkPath } from 'ipfs-unixfs-exporter';
import { CID } from 'multiformats/cid';
import { DAG_CBOR, type UnixfsNode } from '../../ipld/index.js';
import { decodeNode, decodeValue } from './dag-node.js';
import { type DirectoryNode, listMembers } from './directory-listing.js';
import { NotHere, NotTraversable } from './gateway.errors.js';
import type { Blocks } from './read-file.js';

/** Where a path leads. */
export interface Resolved {
  cid: CID;
  bytes: Uint8Array;
  node: UnixfsNode;
  /** The root and the CID of each segment. */
  roots: CID[];
}

/** Follows a path from the root, member by member. @throws NotHere, NotTraversable. */
export async function resolvePath(blocks: Blocks, root: CID, segments: readonly string[]): Promise<Resolved> {
  let cid = root;
  let bytes = await blocks.get(cid);
  const roots = [cid];
  for (let index = 0; index < segments.length;) {
    const step = await follow(blocks, cid, bytes, segments.slice(index));
    cid = step.cid;
    bytes = await blocks.get(cid);
    roots.push(cid);
    index += step.used;
  }
  return { cid, bytes, node: decodeNode(cid, bytes), roots };
}

/** One step: to a member by its name, or through a dag-cbor value by as many names as it takes to meet a link. */
async function follow(
  blocks: Blocks,
  cid: CID,
  bytes: Uint8Array,
  segments: readonly string[],
): Promise<{ cid: CID; used: number }> {
  const [name = ''] = segments;
  const node = decodeNode(cid, bytes);
  if (node.kind === 'directory' || node.kind === 'shard') {
    const member = await findMember(blocks, cid, node, name);
    if (!member) throw new NotHere(`there is no '${name}' in ${cid.toString()}`);
    return { cid: member, used: 1 };
  }
  if (cid.code === DAG_CBOR) return followValue(cid, decodeValue(cid, bytes), segments);
  if (node.kind === 'other')
    throw new NotTraversable(`${cid.toString()} has no path below it that could be followed here`);
  throw new NotHere(`${cid.toString()} is a file; there is no '${name}' in it`);
}

/** Inside one dag-cbor block a path may pass through maps and lists before it meets a link. */
function followValue(cid: CID, value: unknown, segments: readonly string[]): { cid: CID; used: number } {
  let current = value;
  for (const [index, segment] of segments.entries()) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment))
      throw new NotHere(`there is no '${segment}' in ${cid.toString()}`);
    current = (current as Record<string, unknown>)[segment];
    const link = CID.asCID(current);
    if (link) return { cid: link, used: index + 1 };
  }
  throw new NotTraversable(`the path ends at a value inside ${cid.toString()}, not at a block`);
}

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

/** Reads every shard: for names that the library would take for a path. */
async function findByListing(blocks: Blocks, node: DirectoryNode, name: string): Promise<CID | null> {
  for await (const link of listMembers(blocks, node)) if (link.name === name) return link.cid;
  return null;
}

/** As the exporter's library wants to read. */
function asBlockstore(blocks: Blocks) {
  return {
    async *get(cid: CID) {
      yield await blocks.get(cid);
    },
  };
}
