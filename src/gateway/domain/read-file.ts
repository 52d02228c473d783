import type { CID } from 'multiformats/cid';
import { type FileChild, RAW, type UnixfsNode } from '../../ipld/index.js';
import { decodeNode } from './dag-node.js';
import { Unreadable } from './gateway.errors.js';
import type { ByteRange } from './preconditions.js';

/** Blocks of one DAG for one request. */
export interface Blocks {
  /** @throws NotHere when there is none and none will come; whatever else keeps it from coming. */
  get(cid: CID): Promise<Uint8Array>;
}

/** A file as its root or an inner node describes it. */
type FileNode = Extract<UnixfsNode, { kind: 'file' }>;

/**
 * Blocks that are on their way while the one before is being sent. More costs more than it brings: buffers that wait
 * grow old, and the collector pays.
 */
const AHEAD_BYTES = 4 * 1024 * 1024;
/** And never more blocks than this, however small they are. */
const AHEAD_BLOCKS = 32;
/** A child of unknown depth is one block, however much lies below it. */
const BLOCK_ESTIMATE = 1024 * 1024;

/** A subtree that is still to be sent: where it stands in the file, and its block once that is asked for. */
interface Pending extends FileChild {
  start: number;
  block: Promise<Uint8Array> | null;
}

/**
 * The bytes of a file in a range, leaf by leaf, whatever the layout of its DAG: balanced, trickle, data in inner nodes.
 * Blocks are read ahead; memory holds the window and one path of inner nodes. Leaves are handed on as they were read,
 * without a copy.
 * @throws Unreadable as soon as a node does not hold what its parent said.
 */
export async function* readFile(blocks: Blocks, root: FileNode, range: ByteRange): AsyncGenerator<Uint8Array> {
  // The last one is the next one.
  const pending: Pending[] = [];
  yield* expand(root, 0, range, pending);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    next.block ??= ask(blocks, next.cid);
    askAhead(blocks, pending);
    const bytes = await next.block;
    if (next.cid.code === RAW) yield* slice(checked(bytes, next), next.start, range);
    else yield* expand(fileOf(next, bytes), next.start, range, pending);
  }
}

/**
 * The bytes that a node carries itself, at once; its children that touch the range go to `pending`, first child last.
 */
function* expand(node: FileNode, start: number, range: ByteRange, pending: Pending[]): Generator<Uint8Array> {
  yield* slice(node.inline, start, range);
  const below: Pending[] = [];
  let position = start + node.inline.length;
  for (const { cid, size } of node.children) {
    if (position < range.end && position + size > range.start) below.push({ cid, size, start: position, block: null });
    position += size;
  }
  for (let index = below.length - 1; index >= 0; index--) pending.push(below[index] as Pending);
}

/** What of a stretch that begins at `start` lies in the range; the whole as it came where possible. */
function* slice(bytes: Uint8Array, start: number, range: ByteRange): Generator<Uint8Array> {
  const from = Math.max(0, range.start - start);
  const to = Math.min(bytes.length, range.end - start);
  if (to > from) yield from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
}

/** From the next block on, until the window is full. */
function askAhead(blocks: Blocks, pending: Pending[]): void {
  let bytes = 0;
  const last = Math.max(0, pending.length - AHEAD_BLOCKS);
  for (let index = pending.length - 1; index >= last && bytes < AHEAD_BYTES; index--) {
    const item = pending[index] as Pending;
    item.block ??= ask(blocks, item.cid);
    bytes += Math.min(item.size, BLOCK_ESTIMATE);
  }
}

function ask(blocks: Blocks, cid: CID): Promise<Uint8Array> {
  const block = blocks.get(cid);
  // A failure surfaces when its turn comes; if it never does, nobody needs to know.
  block.catch(() => undefined);
  return block;
}

/** @throws Unreadable: a leaf of another length would shift all bytes behind it. */
function checked(bytes: Uint8Array, { cid, size }: Pending): Uint8Array {
  if (bytes.length !== size)
    throw new Unreadable(`${cid.toString()} has ${bytes.length} bytes where its parent says ${size}`);
  return bytes;
}

/** @throws Unreadable when it is no file, or has not the size that its parent promised. */
function fileOf({ cid, size }: Pending, bytes: Uint8Array): FileNode {
  const node = decodeNode(cid, bytes);
  if (node.kind !== 'file') throw new Unreadable(`${cid.toString()} is part of a file and no file`);
  if (node.size !== size)
    throw new Unreadable(`${cid.toString()} has ${node.size} bytes where its parent says ${size}`);
  return node;
}
