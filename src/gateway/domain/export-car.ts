import type { CID } from 'multiformats/cid';
import { blockKey, carHeaderOf, isIdentity, sectionPrefix } from '../../ipld/index.js';
import { decodeNode, linksBelow } from './dag-node.js';
import type { DagScope } from './gateway-request.js';
import type { Blocks } from './read-file.js';
import type { Resolved } from './resolve-path.js';

/** Blocks that are on their way while the one before is being sent. */
const AHEAD_BLOCKS = 8;

/** A block that is still to be sent, and its bytes once they are asked for. The last of a list is the next one. */
interface Pending {
  cid: CID;
  block: Promise<Uint8Array> | null;
}

/**
 * CARv1 of what a path leads to: the blocks of the path, then the target's in depth-first order, each once. Identity
 * blocks are left out.
 */
export async function* exportCar(
  blocks: Blocks,
  root: CID,
  target: Resolved,
  scope: DagScope,
): AsyncGenerator<Uint8Array> {
  yield carHeaderOf([root]);
  const sent = new Set<string>();
  for (const cid of target.roots.slice(0, -1)) {
    if (isNew(sent, cid)) yield* section(cid, await blocks.get(cid));
  }
  const pending: Pending[] = [{ cid: target.cid, block: null }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isNew(sent, next.cid)) continue;
    const bytes = await (next.block ?? blocks.get(next.cid));
    yield* section(next.cid, bytes);
    const below = linksInScope(next.cid, bytes, scope);
    for (let index = below.length - 1; index >= 0; index--) pending.push({ cid: below[index] as CID, block: null });
    askAhead(blocks, pending, sent);
  }
}

/** 'entity': all of a file, but of a directory only what is needed to list it. */
function linksInScope(cid: CID, bytes: Uint8Array, scope: DagScope): CID[] {
  if (scope === 'block') return [];
  if (scope === 'all') return linksBelow(cid, bytes);
  const node = decodeNode(cid, bytes);
  if (node.kind === 'file') return node.children.map((child) => child.cid);
  if (node.kind === 'shard')
    return node.links.filter(({ name }) => name.length === node.prefixLength).map((link) => link.cid);
  return [];
}

/** The block itself is handed on as it is, without a copy. */
function* section(cid: CID, bytes: Uint8Array): Generator<Uint8Array> {
  if (isIdentity(cid)) return;
  yield sectionPrefix(cid, bytes.length);
  if (bytes.length > 0) yield bytes;
}

/** A failure surfaces when the turn of its block comes. */
function askAhead(blocks: Blocks, pending: Pending[], sent: ReadonlySet<string>): void {
  for (let index = pending.length - 1; index >= Math.max(0, pending.length - AHEAD_BLOCKS); index--) {
    const item = pending[index] as Pending;
    if (item.block !== null || sent.has(blockKey(item.cid))) continue;
    item.block = blocks.get(item.cid);
    item.block.catch(() => undefined);
  }
}

function isNew(sent: Set<string>, cid: CID): boolean {
  const key = blockKey(cid);
  if (sent.has(key)) return false;
  sent.add(key);
  return true;
}
