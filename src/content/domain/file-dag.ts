import { createHash, hash } from 'node:crypto';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { encodeFileNode, RAW, SHA2_256 } from '../../ipld/index.js';

/** How a file becomes a DAG. Two importers that agree on a profile give the same CID. */
export interface ImportProfile {
  readonly name: ProfileName;
  readonly chunkBytes: number;
  /** Links per node. */
  readonly width: number;
  /** Leaves are raw blocks and CIDs version 1; else leaves are dag-pb and CIDs version 0. */
  readonly rawLeaves: boolean;
  /** What counts against 256 KiB, from where on a directory is sharded: its block, or only the names and CIDs of its links. */
  readonly directorySize: 'block' | 'links';
}

/** What `profile` of an upload may say. CIDs of one file differ between them. */
export const profileNames = ['unixfs-v1-2025', 'unixfs-v0-2015'] as const;
/** One of IPIP-499's names. */
export type ProfileName = (typeof profileNames)[number];

/** IPIP-499's profiles: https://specs.ipfs.tech/ipips/ipip-0499/ */
export const importProfiles: Readonly<Record<ProfileName, ImportProfile>> = {
  'unixfs-v1-2025': {
    name: 'unixfs-v1-2025',
    chunkBytes: 1024 * 1024,
    width: 1024,
    rawLeaves: true,
    directorySize: 'block',
  },
  'unixfs-v0-2015': {
    name: 'unixfs-v0-2015',
    chunkBytes: 256 * 1024,
    width: 174,
    rawLeaves: false,
    directorySize: 'links',
  },
};

/** A block of the DAG, in the order in which it may be written. */
export interface FileBlock {
  cid: CID;
  /** The block's bytes in pieces, in order: network buffers as they came, never copied together. */
  parts: readonly Uint8Array[];
  length: number;
}

interface Link {
  cid: CID;
  /** Bytes of this block and all below it. */
  cumulative: number;
  /** Bytes of the file below it. */
  fileBytes: number;
}

/**
 * Turns a file, chunk by chunk, into the balanced UnixFS DAG of its profile. A level is folded into a node as soon as
 * it is full, so memory holds one level's width of links per level, whatever the file's size.
 */
export class FileDag {
  /** links[0] are leaves that wait for a parent, links[1] their parents, ... */
  private readonly levels: Link[][] = [];
  private leaves = 0;
  /** Bytes of all blocks, root included, each as often as it is linked to; of use once `finish` has ended. */
  cumulative = 0;

  constructor(private readonly profile: ImportProfile) {}

  /** The leaf of the next chunk (at most `chunkBytes`), and every node that it completes. */
  *leaf(parts: readonly Uint8Array[], length: number): Generator<FileBlock> {
    const block = this.profile.rawLeaves ? rawLeaf(parts, length) : this.wrappedLeaf(parts, length);
    this.leaves += 1;
    yield block;
    yield* this.push(0, { cid: block.cid, cumulative: block.length, fileBytes: length });
  }

  /** The nodes that are still missing; the last block of all is the root. An empty file has one empty leaf. */
  *finish(): Generator<FileBlock, CID> {
    if (this.leaves === 0) yield* this.leaf([], 0);
    for (let level = 0; ; level++) {
      const links = this.levels[level] ?? [];
      const isTop = level === this.levels.length - 1;
      if (isTop && links.length === 1 && links[0]) {
        this.cumulative = links[0].cumulative;
        return links[0].cid;
      }
      if (links.length > 0) yield* this.fold(level);
    }
  }

  private *push(level: number, link: Link): Generator<FileBlock> {
    const links = (this.levels[level] ??= []);
    // A full level is folded when one more comes, so that the last full one may be the root's own.
    if (links.length === this.profile.width) yield* this.fold(level);
    (this.levels[level] as Link[]).push(link);
  }

  private *fold(level: number): Generator<FileBlock> {
    const links = this.levels[level] as Link[];
    this.levels[level] = [];
    const bytes = dagPb.encode(
      dagPb.prepare({
        Data: encodeFileNode({ blockSizes: links.map((link) => link.fileBytes) }),
        Links: links.map((link) => ({ Name: '', Tsize: link.cumulative, Hash: link.cid })),
      }),
    );
    const block = this.node(bytes);
    yield block;
    const sum = (of: (link: Link) => number): number => links.reduce((total, link) => total + of(link), 0);
    yield* this.push(level + 1, {
      cid: block.cid,
      cumulative: bytes.length + sum((link) => link.cumulative),
      fileBytes: sum((link) => link.fileBytes),
    });
  }

  private wrappedLeaf(parts: readonly Uint8Array[], length: number): FileBlock {
    const data = Buffer.concat(parts, length);
    return this.node(dagPb.encode(dagPb.prepare({ Data: encodeFileNode({ data, blockSizes: [] }), Links: [] })));
  }

  private node(bytes: Uint8Array): FileBlock {
    const digest = sha256([bytes]);
    return {
      cid: this.profile.rawLeaves ? CID.createV1(dagPb.code, digest) : CID.createV0(digest),
      parts: [bytes],
      length: bytes.length,
    };
  }
}

function rawLeaf(parts: readonly Uint8Array[], length: number): FileBlock {
  return { cid: CID.createV1(RAW, sha256(parts)), parts, length };
}

/**
 * SHA-256 in the caller's thread, straight over the network buffers. Handing 1 MiB to another thread costs a copy and
 * page faults that take nearly as long as hashing it (0.45 ms against 0.5 ms, measured).
 */
function sha256(parts: readonly Uint8Array[]): Digest.Digest<typeof SHA2_256, number> {
  const [only] = parts;
  if (parts.length === 1 && only) return Digest.create(SHA2_256, hash('sha256', only, 'buffer'));
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return Digest.create(SHA2_256, state.digest());
}

/** A stretch of a stream, as views of the buffers that it came in. */
export interface Chunk {
  parts: Uint8Array[];
  length: number;
  /** Those of the source's buffers, with memory of their own, whose last byte is in this chunk: nothing after it needs them. */
  ended: Uint8Array[];
}

/**
 * A client may send a byte at a time: from so many parts on, those of a chunk are copied into one. Parts as the network
 * makes them (64 KiB) never are so many.
 */
const MOST_PARTS = 1024;

/**
 * Cuts a stream into chunks of exactly `size` bytes (the last one shorter), without copying: a chunk is a list of
 * buffers.
 */
export async function* chunksOf(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Chunk> {
  let chunk: Chunk = { parts: [], length: 0, ended: [] };
  for await (const buffer of source) {
    let rest = buffer;
    while (chunk.length + rest.length >= size) {
      const fits = size - chunk.length;
      chunk.parts.push(rest.subarray(0, fits));
      chunk.length = size;
      rest = rest.subarray(fits);
      if (rest.length === 0 && ownsMemory(buffer)) chunk.ended.push(buffer);
      yield chunk;
      chunk = { parts: [], length: 0, ended: [] };
    }
    if (rest.length > 0) {
      if (chunk.parts.length >= MOST_PARTS) chunk.parts = [Buffer.concat(chunk.parts)];
      chunk.parts.push(rest);
      chunk.length += rest.length;
      if (ownsMemory(buffer)) chunk.ended.push(buffer);
    }
  }
  if (chunk.length > 0) yield chunk;
}

function ownsMemory({ buffer, byteLength }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
}

/**
 * Frees the memory of buffers now, not when the collector comes by: network buffers are large and many, and each
 * 64 MiB of them costs a full collection otherwise (half of an upload's CPU time, measured). Only for buffers that have
 * their memory for themselves, and that nobody reads any more: they are empty afterwards.
 */
export function detachBuffers(buffers: readonly Uint8Array[]): void {
  for (const part of buffers) if (ownsMemory(part)) (part.buffer as ArrayBuffer).transfer(0);
}
