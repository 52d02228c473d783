import type { CID } from 'multiformats/cid';
import { carHeaderOf, isIdentity, RAW, sectionPrefix } from '../../ipld/index.js';
import type { Blocks } from './blocks.js';
import { Unreadable } from './gateway.errors.js';
import type { DagScope } from './gateway-request.js';
import type { Resolved } from './resolve-path.js';
import type { SeenBlocks } from './seen-blocks.js';

/** Blocks that are on their way while the one before is being sent. */
const AHEAD_BLOCKS = 8;
/** What a block may weigh of which only its name is known. */
const BLOCK_ESTIMATE = 256 * 1024;
/** A larger block is read again for its links. */
const KEPT_BYTES = 64 * 1024;
/** Links between two pauses. */
const LINKS_PER_STEP = 256;
/** No DAG is followed deeper: what can be pinned can be exported. */
const MOST_LEVELS = 1024;

/** What a block links to, as far as it is to be exported. */
interface Links {
  length: number;
  /** Null: not to be exported. */
  cidAt(index: number): CID | null;
}

/** A block whose links are being followed. Its table is looked up when it is needed: a reader that stalls keeps none. */
interface Level {
  cid: CID;
  next: number;
  ahead: Map<number, Promise<Uint8Array>>;
}

/**
 * CARv1 of what a path leads to: the blocks of the path, then the target's in depth-first order, each once. Identity
 * blocks are left out. Blocks are read ahead
 * only where there is room for them.
 * @throws Unreadable for a DAG that is too deep or has too many blocks
 */
export async function* exportCar(
  blocks: Blocks,
  root: CID,
  target: Pick<Resolved, 'cid' | 'path'>,
  scope: DagScope,
  sent: SeenBlocks,
): AsyncGenerator<Uint8Array> {
  const levels: Level[] = [];
  try {
    yield carHeaderOf([root]);
    for (const cid of target.path) if (sent.add(cid)) yield* section(cid, await blocks.get(cid));
    if (sent.add(target.cid)) yield* open(blocks, levels, { cid: target.cid, block: null });
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const links = await linksInScope(blocks, level.cid, scope);
      const next = await nextNew(blocks, level, links, sent);
      if (next === null) levels.pop();
      else yield* open(blocks, levels, next);
    }
  } finally {
    for (const { ahead } of levels) blocks.memory.add(-BLOCK_ESTIMATE * ahead.size);
    sent.close();
  }
}

/** A block in its turn, and its bytes when they were asked for before. */
interface Next {
  cid: CID;
  block: Promise<Uint8Array> | null;
}

/** Hands a block on; its links are next, when it may have any. */
async function* open(blocks: Blocks, levels: Level[], { cid, block }: Next): AsyncGenerator<Uint8Array> {
  const bytes = await (block ?? blocks.get(cid));
  if (cid.code === RAW) {
    yield* section(cid, bytes);
    return;
  }
  if (levels.length >= MOST_LEVELS) throw new Unreadable(`the DAG has more than ${MOST_LEVELS} levels`);
  // Its table is made of these bytes; what is handed on is the next one's to empty.
  const isLarge = bytes.length > KEPT_BYTES;
  if (!isLarge) await blocks.links(cid, bytes);
  levels.push({ cid, next: 0, ahead: new Map() });
  yield* section(cid, bytes);
}

/** 'entity': all of a file, but of a directory only what is needed to list it. */
async function linksInScope(blocks: Blocks, cid: CID, scope: DagScope): Promise<Links> {
  if (scope === 'block') return { length: 0, cidAt: () => null };
  if (scope === 'all') {
    const links = await blocks.links(cid);
    return { length: links.length, cidAt: (index) => links.at(index).cid };
  }
  const node = await blocks.node(cid);
  if (node.kind === 'file') return { length: node.children.length, cidAt: (index) => node.children.cidOf(index) };
  if (node.kind !== 'shard') return { length: 0, cidAt: () => null };
  const { links, prefixLength } = node;
  return {
    length: links.length,
    cidAt: (index) => (links.nameOf(index).length === prefixLength ? links.at(index).cid : null),
  };
}

/** The next link to a block that was not sent, and those behind it on their way; null: there is none. */
async function nextNew(blocks: Blocks, level: Level, links: Links, sent: SeenBlocks): Promise<Next | null> {
  while (level.next < links.length) {
    const index = level.next;
    level.next += 1;
    if (index % LINKS_PER_STEP === 0) await blocks.pause();
    const block = level.ahead.get(index) ?? null;
    if (level.ahead.delete(index)) blocks.memory.add(-BLOCK_ESTIMATE);
    const cid = links.cidAt(index);
    if (cid === null || !sent.add(cid)) continue;
    askAhead(blocks, level, links, sent);
    return { cid, block };
  }
  return null;
}

/** A failure surfaces when the turn of its block comes. */
function askAhead(blocks: Blocks, level: Level, links: Links, sent: SeenBlocks): void {
  const end = Math.min(links.length, level.next + AHEAD_BLOCKS);
  for (let index = level.next; index < end; index++) {
    if (level.ahead.has(index)) continue;
    const cid = links.cidAt(index);
    if (cid === null || sent.has(cid)) continue;
    if (!blocks.memory.tryTake(BLOCK_ESTIMATE)) return;
    const block = blocks.get(cid);
    block.catch(() => undefined);
    level.ahead.set(index, block);
  }
}

/** The block itself is handed on as it is, without a copy. */
function* section(cid: CID, bytes: Uint8Array): Generator<Uint8Array> {
  if (isIdentity(cid)) return;
  yield sectionPrefix(cid, bytes.length);
  if (bytes.length > 0) yield bytes;
}
