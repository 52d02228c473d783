import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';

/** What a root block is to a person who looks at it. */
export function dagTypeOf(cid: CID, bytes: Uint8Array): 'file' | 'directory' | 'unknown' {
  if (cid.code === raw.code) return 'file';
  if (cid.code !== dagPb.code) return 'unknown';
  try {
    const { Data } = dagPb.decode(bytes);
    if (!Data) return 'unknown';
    const node = UnixFS.unmarshal(Data);
    return node.isDirectory() ? 'directory' : 'file';
  } catch {
    return 'unknown';
  }
}
