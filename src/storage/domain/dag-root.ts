import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';

export interface RootFacts {
  type: 'file' | 'directory' | 'unknown';
  /** Payload bytes as the root tells them, or null when only the sum of the blocks can. */
  size: number | null;
}

const RAW = 0x55;

/** What a DAG's root block says about the whole. */
export function describeRoot(cid: CID, bytes: Uint8Array): RootFacts {
  if (cid.code === RAW) return { type: 'file', size: bytes.length };
  if (cid.code !== dagPb.code) return { type: 'unknown', size: null };
  try {
    const { Data } = dagPb.decode(bytes);
    if (!Data) return { type: 'unknown', size: null };
    const node = UnixFS.unmarshal(Data);
    if (node.isDirectory()) return { type: 'directory', size: null };
    const isFile = node.type === 'file' || node.type === 'raw';
    const size = Number(node.fileSize());
    return isFile && Number.isSafeInteger(size) ? { type: 'file', size } : { type: 'unknown', size: null };
  } catch {
    // Not UnixFS: a DAG all the same.
    return { type: 'unknown', size: null };
  }
}
