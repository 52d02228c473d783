import { decodeOptions } from '@ipld/dag-cbor';
import type { CID } from 'multiformats/cid';
import {
  IdentityTooLong,
  isIdentity,
  LONGEST_IDENTITY,
  type LinkTable,
  readDagCborPath,
  readLinks,
  readUnixfsNode,
  type UnixfsNode,
  UnixfsUnsound,
} from '../../ipld/index.js';
import { inSlices, messageOf } from '../../shared/index.js';
import { Unreadable } from './gateway.errors.js';

/** What a block is to a reader of files. @throws Unreadable when it claims to be UnixFS and is not sound. */
export async function decodeNode(cid: CID, bytes: Uint8Array): Promise<UnixfsNode> {
  try {
    return await inSlices(readUnixfsNode(cid, bytes));
  } catch (error) {
    throw error instanceof UnixfsUnsound ? new Unreadable(error.message) : error;
  }
}

/**
 * Where a path through the values of a dag-cbor block meets a link, and how many names it took; a name that is not
 * there, or none left while there is no link.
 * @throws Unreadable when the block is no dag-cbor
 */
export async function followValue(
  cid: CID,
  bytes: Uint8Array,
  segments: readonly string[],
): Promise<{ cid: CID; used: number } | 'absent' | 'value'> {
  try {
    return await inSlices(readDagCborPath(bytes, decodeOptions, segments));
  } catch (error) {
    throw new Unreadable(`${cid.toString()} cannot be decoded: ${messageOf(error)}`);
  }
}

/**
 * What to follow from a block; one that its codec cannot read has no links.
 * @throws Unreadable for a link that carries over 128 bytes; the signal's reason.
 */
export async function decodeLinks(cid: CID, bytes: Uint8Array, signal?: AbortSignal): Promise<LinkTable> {
  try {
    return await inSlices(readLinks(cid, bytes, 'lenient'), signal);
  } catch (error) {
    throw error instanceof IdentityTooLong ? new Unreadable(error.message) : error;
  }
}

/** @throws Unreadable for a CID that carries over 128 bytes: what is larger must be a block */
export function assertReadable(cid: CID): void {
  if (isIdentity(cid) && cid.multihash.digest.length > LONGEST_IDENTITY)
    throw new Unreadable(`a CID carries ${cid.multihash.digest.length} bytes; at most ${LONGEST_IDENTITY} are read`);
}
