import type { CID } from 'multiformats/cid';
import { atOnce } from '../shared/index.js';
import { DAG_PB, MURMUR3_X64_64, RAW } from './codecs.js';
import { DagPbNode } from './dag-pb-node.js';
import { UnixfsUnsound } from './ipld.errors.js';
import { readUnixfsData, type UnixfsData } from './unixfs-data.js';

/** The widest shard that is made (as boxo's hamt has it); 8 is what a byte of its bit field says. */
const LARGEST_FANOUT = 1024;
const SMALLEST_FANOUT = 8;
/** What shards are made with where they say nothing. */
const USUAL_FANOUT = 256;

/** A child of a file, with the payload bytes that lie below it. */
export interface FileChild {
  cid: CID;
  size: number;
}

/** The children of a file, in order; each is made when it is asked for. */
export interface FileChildren extends Iterable<FileChild> {
  readonly length: number;
  /** First payload byte of a child, counted from the first byte of the first child. */
  startOf(index: number): number;
  sizeOf(index: number): number;
  cidOf(index: number): CID;
  /** The first child that ends behind a position; `length` when none does. */
  firstBehind(position: number): number;
}

export interface NamedLink {
  name: string;
  cid: CID;
  /** Bytes of the whole DAG below, as the directory claims. */
  size: number;
}

/** The members of a directory in the order of the block; each is made when it is asked for. */
export interface NamedLinks extends Iterable<NamedLink> {
  readonly length: number;
  nameOf(index: number): string;
  at(index: number): NamedLink;
  /** The first member that has one of these names; -1: none has. Yields now and then. */
  indexOf(names: readonly string[]): Generator<void, number>;
}

/** What a block is to a reader of files (https://specs.ipfs.tech/unixfs/). */
export type UnixfsNode =
  | { kind: 'file'; size: number; inline: Uint8Array; children: FileChildren }
  | { kind: 'directory'; links: NamedLinks }
  /**
   * One node of a sharded directory: names begin with a prefix; one that is nothing but prefix is another shard. Each
   * level takes `bits` of the hash of a name.
   */
  | { kind: 'shard'; links: NamedLinks; prefixLength: number; bits: number }
  /** Names another path. Neither a file nor a directory: what it leads to is not in its DAG. */
  | { kind: 'symlink'; target: Uint8Array }
  /** A block with links or values that is no UnixFS. */
  | { kind: 'other' };

/** What a DAG's root block says about the whole. */
export interface RootFacts {
  type: 'file' | 'directory' | 'unknown';
  /** Payload bytes as the root tells them, or null when only the sum of the blocks can. */
  size: number | null;
}

/**
 * What a block is, in one go.
 * @throws UnixfsUnsound when it claims to be a file and its sizes contradict its links, or a shard of a width that no
 * sharded directory has.
 */
export function unixfsNode(cid: CID, bytes: Uint8Array): UnixfsNode {
  return atOnce(readUnixfsNode(cid, bytes));
}

/** The same with pauses: yields now and then. @throws as `unixfsNode` does */
export function* readUnixfsNode(cid: CID, bytes: Uint8Array): Generator<void, UnixfsNode> {
  if (cid.code === RAW) return { kind: 'file', size: bytes.length, inline: bytes, children: NO_CHILDREN };
  const read = yield* readUnixfs(cid, bytes);
  if (!read) return { kind: 'other' };
  const { node, data } = read;
  switch (data.type) {
    case 'file':
    case 'raw':
      return fileNode(cid, data, node);
    case 'directory':
      return { kind: 'directory', links: new PbMembers(node) };
    case 'shard':
      return shardNode(cid, data, node);
    case 'symlink':
      return { kind: 'symlink', target: data.data };
    case 'metadata':
      return { kind: 'other' };
  }
}

/** Never throws: what is no sound UnixFS is a DAG all the same, of unknown type. A symlink is of unknown type, too. */
export function rootFacts(cid: CID, bytes: Uint8Array): RootFacts {
  if (cid.code === RAW) return { type: 'file', size: bytes.length };
  const data = atOnce(readUnixfs(cid, bytes))?.data;
  if (data?.type === 'directory' || data?.type === 'shard') return { type: 'directory', size: null };
  if (data?.type !== 'file' && data?.type !== 'raw') return { type: 'unknown', size: null };
  const size = data.blockSizes.reduce((sum, next) => sum + next, data.data.length);
  return Number.isSafeInteger(size) ? { type: 'file', size } : { type: 'unknown', size: null };
}

/** Null for what is no UnixFS. */
function* readUnixfs(cid: CID, bytes: Uint8Array): Generator<void, { node: DagPbNode; data: UnixfsData } | null> {
  if (cid.code !== DAG_PB) return null;
  try {
    const node = yield* DagPbNode.read(bytes);
    return node.data === null ? null : { node, data: yield* readUnixfsData(node.data) };
  } catch {
    // Bytes under a codec that they do not follow: they can be had as a block, and are no file and no directory.
    return null;
  }
}

function fileNode(cid: CID, { blockSizes, data }: UnixfsData, node: DagPbNode): UnixfsNode {
  if (blockSizes.length !== node.length)
    throw new UnixfsUnsound(`${cid.toString()} names ${node.length} children and ${blockSizes.length} sizes`);
  // From here on each entry is where its child ends.
  let end = 0;
  for (let index = 0; index < blockSizes.length; index++) blockSizes[index] = end += blockSizes[index] as number;
  const size = data.length + end;
  if (!Number.isSafeInteger(size)) throw new UnixfsUnsound(`${cid.toString()} claims an absurd size`);
  return { kind: 'file', size, inline: data, children: new PbChildren(node, blockSizes) };
}

/** @throws UnixfsUnsound: a width of 0 or 1 takes no bit of a hash, and a walk through such shards has no end */
function shardNode(cid: CID, data: UnixfsData, node: DagPbNode): UnixfsNode {
  const fanout = data.fanout ?? USUAL_FANOUT;
  const bits = Math.log2(fanout);
  if (!Number.isInteger(bits) || fanout < SMALLEST_FANOUT || fanout > LARGEST_FANOUT)
    throw new UnixfsUnsound(`${cid.toString()} is a shard of width ${fanout}; powers of two from 8 to 1,024 are`);
  if (data.hashType !== null && data.hashType !== MURMUR3_X64_64)
    throw new UnixfsUnsound(`${cid.toString()} is sharded by hash 0x${data.hashType.toString(16)}, not by murmur3`);
  if (node.length > fanout)
    throw new UnixfsUnsound(`${cid.toString()} is a shard of width ${fanout} with ${node.length} links`);
  return { kind: 'shard', links: new PbMembers(node), prefixLength: (fanout - 1).toString(16).length, bits };
}

/** Links of a dag-pb block as members. */
class PbMembers implements NamedLinks {
  constructor(private readonly node: DagPbNode) {}

  get length(): number {
    return this.node.length;
  }

  nameOf(index: number): string {
    return this.node.nameAt(index);
  }

  at(index: number): NamedLink {
    return { name: this.nameOf(index), cid: this.node.cidAt(index), size: this.node.sizeAt(index) ?? 0 };
  }

  indexOf(names: readonly string[]): Generator<void, number> {
    return this.node.indexOfName(names);
  }

  *[Symbol.iterator](): Generator<NamedLink> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}

/** Links of a dag-pb block as the parts of a file. `ends`: where each ends. */
class PbChildren implements FileChildren {
  constructor(
    private readonly node: DagPbNode | null,
    private readonly ends: Float64Array,
  ) {}

  get length(): number {
    return this.ends.length;
  }

  startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }

  sizeOf(index: number): number {
    return (this.ends[index] ?? 0) - this.startOf(index);
  }

  cidOf(index: number): CID {
    if (!this.node) throw new RangeError('there are no children');
    return this.node.cidAt(index);
  }

  /** By halves: the ends only grow. */
  firstBehind(position: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ends[middle] as number) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  *[Symbol.iterator](): Generator<FileChild> {
    for (let index = 0; index < this.length; index++) yield { cid: this.cidOf(index), size: this.sizeOf(index) };
  }
}

const NO_CHILDREN: FileChildren = new PbChildren(null, new Float64Array(0));
