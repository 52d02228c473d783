import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';
import { Unreadable } from './gateway.errors.js';

const RAW = 0x55;

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

/** What a block is to a reader of files. */
export type DagNode =
  | { kind: 'file'; size: number; inline: Uint8Array; children: FileChild[] }
  | { kind: 'directory'; links: NamedLink[] }
  /** One node of a sharded directory: names begin with a prefix; one that is nothing but prefix is another shard. */
  | { kind: 'shard'; links: NamedLink[]; prefixLength: number }
  | { kind: 'symlink'; target: Uint8Array }
  /** A block with links or values that is no UnixFS. */
  | { kind: 'other' };

/** @throws Unreadable when it claims to be UnixFS and is not sound. */
export function decodeNode(cid: CID, bytes: Uint8Array): DagNode {
  if (cid.code === RAW) return { kind: 'file', size: bytes.length, inline: bytes, children: [] };
  if (cid.code !== dagPb.code) return { kind: 'other' };
  let node: dagPb.PBNode;
  let unixfs: UnixFS;
  try {
    node = dagPb.decode(bytes);
    if (node.Data === undefined) return { kind: 'other' };
    unixfs = UnixFS.unmarshal(node.Data);
  } catch {
    return { kind: 'other' };
  }
  const links = node.Links.map(({ Name, Hash, Tsize }) => ({ name: Name ?? '', cid: Hash, size: Tsize ?? 0 }));
  switch (unixfs.type) {
    case 'file':
    case 'raw':
      return fileNode(cid, unixfs, links);
    case 'directory':
      return { kind: 'directory', links };
    case 'hamt-sharded-directory':
      return { kind: 'shard', links, prefixLength: (Number(unixfs.fanout ?? 256n) - 1).toString(16).length };
    case 'symlink':
      return { kind: 'symlink', target: unixfs.data ?? new Uint8Array(0) };
    default:
      return { kind: 'other' };
  }
}

function fileNode(cid: CID, unixfs: UnixFS, links: NamedLink[]): DagNode {
  const sizes = unixfs.blockSizes.map(Number);
  if (sizes.length !== links.length)
    throw new Unreadable(`${cid.toString()} names ${links.length} children and ${sizes.length} sizes`);
  const inline = unixfs.data ?? new Uint8Array(0);
  const size = sizes.reduce((sum, next) => sum + next, inline.length);
  if (!Number.isSafeInteger(size)) throw new Unreadable(`${cid.toString()} claims an absurd size`);
  return {
    kind: 'file',
    size,
    inline,
    children: links.map((link, index) => ({ cid: link.cid, size: sizes[index] ?? 0 })),
  };
}
