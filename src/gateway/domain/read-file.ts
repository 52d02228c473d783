import type { CID } from 'multiformats/cid';
import { RAW, type UnixfsNode } from '../../ipld/index.js';
import type { Blocks } from './blocks.js';
import { Unreadable } from './gateway.errors.js';
import type { ByteRange } from './preconditions.js';

/** A file as its root or an inner node describes it. */
export type FileNode = Extract<UnixfsNode, { kind: 'file' }>;

/**
 * Blocks that are on their way while the one before is being sent. More costs more than it brings: buffers that wait
 * grow old, and the collector pays.
 */
const AHEAD_BYTES = 4 * 1024 * 1024;
/** And never more blocks than this, however small they are. */
const AHEAD_BLOCKS = 32;
/** Children that may be inner nodes: a whole tree may hang below each. */
const AHEAD_NODES = 4;
/** A child of unknown depth is one block, however much lies below it. */
const BLOCK_ESTIMATE = 1024 * 1024;
/** What is handed on at once where there is no room for whole blocks. */
const PIECE_BYTES = 64 * 1024;
/** A node that is larger is looked up again for each child instead of being kept. */
const KEPT_NODE_BYTES = 64 * 1024;
/** What a child needs in a node at most: link, size and position. */
const CHILD_BYTES = 64;
/** No file is deeper: what can be pinned can be read. */
const MOST_LEVELS = 1024;

/** A node whose children are being read: where its first child begins in the file, and which child is next. */
interface Level {
  cid: CID;
  /** Null: looked up when it is needed. */
  node: FileNode | null;
  start: number;
  next: number;
  ahead: Map<number, Ahead>;
}

/** A child that was asked for before its turn, and the bytes that were taken for it. */
interface Ahead {
  leaf: Promise<Uint8Array> | null;
  inner: Promise<UnixfsNode> | null;
  bytes: number;
}

/** A child in its turn. */
interface Child {
  cid: CID;
  size: number;
  start: number;
  ahead: Ahead | undefined;
}

/**
 * The bytes of a file in a range, leaf by leaf, whatever the layout of its DAG: balanced, trickle, data in inner nodes.
 * Children that hold no bytes of the range are never read, so every block that is read adds to the file. Blocks are
 * read ahead as far as the memory of all readers allows; where it allows none, leaves are handed on in pieces. Leaves
 * are handed on as they were read, without a copy: they are the caller's.
 * @throws Unreadable as soon as a node does not hold what its parent said.
 */
export async function* readFile(
  blocks: Blocks,
  root: { cid: CID; node: FileNode },
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  yield* inlineOf(root.node, 0, range);
  const levels: Level[] = [levelOf(root.cid, root.node, 0, range)];
  // What hangs on the caller's objects is let go: a reader that stalls keeps positions alone.
  root = { cid: root.cid, node: EMPTY };
  try {
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const child = await nextChild(blocks, level, range);
      if (child === null) levels.pop();
      else if (child.cid.code === RAW) yield* leafBytes(blocks, child, range);
      else {
        if (levels.length >= MOST_LEVELS) throw new Unreadable(`the file has more than ${MOST_LEVELS} levels`);
        const node = await innerNode(blocks, child);
        levels.push(levelOf(child.cid, node, child.start, range));
        yield* inlineOf(node, child.start, range);
      }
    }
  } finally {
    for (const { ahead } of levels) for (const { bytes } of ahead.values()) blocks.memory.add(-bytes);
  }
}

const EMPTY = { kind: 'file', size: 0, inline: new Uint8Array(0) } as FileNode;

/** `start`: of the node's own bytes; its children follow them. */
function levelOf(cid: CID, node: FileNode, start: number, range: ByteRange): Level {
  const below = start + node.inline.length;
  const isSmall = node.inline.length + node.children.length * CHILD_BYTES <= KEPT_NODE_BYTES;
  const next = node.children.firstBehind(Math.max(0, range.start - below));
  return { cid, node: isSmall ? node : null, start: below, next, ahead: new Map() };
}

/** The next child that has bytes in the range, and those after it on their way; null: there is none. */
async function nextChild(blocks: Blocks, level: Level, range: ByteRange): Promise<Child | null> {
  const { children } = level.node ?? fileOf(level.cid, await blocks.node(level.cid));
  // Children without bytes are passed over by their position.
  const index = level.next < children.length ? children.firstBehind(children.startOf(level.next)) : children.length;
  const start = level.start + children.startOf(index);
  if (index >= children.length || start >= range.end) return null;
  level.next = index + 1;
  const ahead = level.ahead.get(index);
  level.ahead.delete(index);
  const child = { cid: children.cidOf(index), size: children.sizeOf(index), start, ahead };
  child.ahead ??= askAhead(blocks, child);
  let bytes = 0;
  for (const item of level.ahead.values()) bytes += item.bytes;
  let nodes = 0;
  for (let at = index + 1; at <= index + AHEAD_BLOCKS && at < children.length && bytes < AHEAD_BYTES; at++) {
    if (level.start + children.startOf(at) >= range.end) break;
    const size = children.sizeOf(at);
    if (size === 0) continue;
    const cid = children.cidOf(at);
    if (cid.code !== RAW && ++nodes > AHEAD_NODES) break;
    if (level.ahead.has(at)) continue;
    const asked = askAhead(blocks, { cid, size });
    if (!asked) break;
    level.ahead.set(at, asked);
    bytes += asked.bytes;
  }
  return child;
}

/** Undefined where there is no room for it. A failure surfaces when its turn comes; if it never does, nobody is told. */
function askAhead(blocks: Blocks, { cid, size }: { cid: CID; size: number }): Ahead | undefined {
  const bytes = Math.min(size, BLOCK_ESTIMATE);
  if (!blocks.memory.tryTake(bytes)) return undefined;
  const leaf = cid.code === RAW ? blocks.get(cid) : null;
  const inner = cid.code === RAW ? null : blocks.node(cid);
  leaf?.catch(() => undefined);
  inner?.catch(() => undefined);
  return { leaf, inner, bytes };
}

/** The bytes of a leaf that lie in the range: as one where there is room for it, else piece by piece. */
async function* leafBytes(blocks: Blocks, child: Child, range: ByteRange): AsyncGenerator<Uint8Array> {
  const { cid, size, start, ahead } = child;
  if (ahead?.leaf) {
    const bytes = await ahead.leaf.finally(() => blocks.memory.add(-ahead.bytes));
    if (bytes.length !== size) throw otherLength(cid, bytes.length, size);
    // Nothing of it stays here while it is being sent.
    child.ahead = undefined;
    ahead.leaf = null;
    yield* slice(bytes, start, range);
    return;
  }
  const end = Math.min(size, range.end - start);
  for (let at = Math.max(0, range.start - start); at < end; at += PIECE_BYTES) {
    const { part, length } = await blocks.getPart(cid, { start: at, end: Math.min(end, at + PIECE_BYTES) });
    if (length !== size) throw otherLength(cid, length, size);
    yield part;
  }
}

/** @throws Unreadable when it is no file, or has not the size that its parent promised. */
async function innerNode(blocks: Blocks, { cid, size, ahead }: Child): Promise<FileNode> {
  const asked = ahead?.inner ?? blocks.node(cid);
  const node = fileOf(cid, await asked.finally(() => blocks.memory.add(-(ahead?.bytes ?? 0))));
  if (node.size !== size) throw otherLength(cid, node.size, size);
  return node;
}

/** It would shift all bytes behind it. */
function otherLength(cid: CID, length: number, promised: number): Unreadable {
  return new Unreadable(`${cid.toString()} has ${length} bytes where its parent says ${promised}`);
}

/** @throws Unreadable when it is no file */
function fileOf(cid: CID, node: UnixfsNode): FileNode {
  if (node.kind !== 'file') throw new Unreadable(`${cid.toString()} is part of a file and no file`);
  return node;
}

/** The bytes that a node carries itself. Those of one with children are a copy: others may read the node later. */
function* inlineOf({ inline, children }: FileNode, start: number, range: ByteRange): Generator<Uint8Array> {
  for (const bytes of slice(inline, start, range)) yield children.length > 0 ? Buffer.from(bytes) : bytes;
}

/** What of a stretch that begins at `start` lies in the range; the whole as it came where possible. */
function* slice(bytes: Uint8Array, start: number, range: ByteRange): Generator<Uint8Array> {
  const from = Math.max(0, range.start - start);
  const to = Math.min(bytes.length, range.end - start);
  if (to > from) yield from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
}
