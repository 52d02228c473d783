import { decode, type PBNode } from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';
import { DAG_PB, RAW } from './codecs.js';
import { UnixfsUnsound } from './ipld.errors.js';

/** A child of a file, with the payload bytes that lie below it. */
export interface FileChild {
  cid: CID;
  size: number;
}

export interface NamedLink {
  name: string;
  cid: CID;
  /** Bytes of the whole DAG below, as the directory claims. */
  size: number;
}

/** What a block is to a reader of files (https://specs.ipfs.tech/unixfs/). */
export type UnixfsNode =
  | { kind: 'file'; size: number; inline: Uint8Array; children: FileChild[] }
  | { kind: 'directory'; links: NamedLink[] }
  /** One node of a sharded directory: names begin with a prefix; one that is nothing but prefix is another shard. */
  | { kind: 'shard'; links: NamedLink[]; prefixLength: number }
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

/** @throws UnixfsUnsound when it claims to be a file and its sizes contradict its links. */
export function unixfsNode(cid: CID, bytes: Uint8Array): UnixfsNode {
  if (cid.code === RAW) return { kind: 'file', size: bytes.length, inline: bytes, children: [] };
  const read = readUnixfs(cid, bytes);
  if (!read) return { kind: 'other' };
  const { data } = read;
  const links = read.node.Links.map(({ Name, Hash, Tsize }) => ({ name: Name ?? '', cid: Hash, size: Tsize ?? 0 }));
  switch (data.type) {
    case 'file':
    case 'raw':
      return fileNode(cid, data, links);
    case 'directory':
      return { kind: 'directory', links };
    case 'hamt-sharded-directory':
      return { kind: 'shard', links, prefixLength: (Number(data.fanout ?? 256n) - 1).toString(16).length };
    case 'symlink':
      return { kind: 'symlink', target: data.data ?? new Uint8Array(0) };
    default:
      return { kind: 'other' };
  }
}

/** Never throws: what is no sound UnixFS is a DAG all the same, of unknown type. A symlink is of unknown type, too. */
export function rootFacts(cid: CID, bytes: Uint8Array): RootFacts {
  if (cid.code === RAW) return { type: 'file', size: bytes.length };
  const data = readUnixfs(cid, bytes)?.data;
  if (data?.isDirectory()) return { type: 'directory', size: null };
  if (data?.type !== 'file' && data?.type !== 'raw') return { type: 'unknown', size: null };
  const size = Number(data.fileSize());
  return Number.isSafeInteger(size) ? { type: 'file', size } : { type: 'unknown', size: null };
}

/** Null for what is no UnixFS. */
function readUnixfs(cid: CID, bytes: Uint8Array): { node: PBNode; data: UnixFS } | null {
  if (cid.code !== DAG_PB) return null;
  try {
    const node = decode(bytes);
    return node.Data === undefined ? null : { node, data: UnixFS.unmarshal(node.Data) };
  } catch {
    return null;
  }
}

function fileNode(cid: CID, data: UnixFS, links: NamedLink[]): UnixfsNode {
  const sizes = data.blockSizes.map(Number);
  if (sizes.length !== links.length)
    throw new UnixfsUnsound(`${cid.toString()} names ${links.length} children and ${sizes.length} sizes`);
  const inline = data.data ?? new Uint8Array(0);
  const size = sizes.reduce((sum, next) => sum + next, inline.length);
  if (!Number.isSafeInteger(size)) throw new UnixfsUnsound(`${cid.toString()} claims an absurd size`);
  return {
    kind: 'file',
    size,
    inline,
    children: links.map((link, index) => ({ cid: link.cid, size: sizes[index] ?? 0 })),
  };
}
