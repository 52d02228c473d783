import { decode } from '@ipld/dag-cbor';
import type { CID } from 'multiformats/cid';
import { IdentityTooLong, linksOf, unixfsNode, type UnixfsNode, UnixfsUnsound } from '../../ipld/index.js';
import { messageOf } from '../../shared/index.js';
import { Unreadable } from './gateway.errors.js';

/** What a block is to a reader of files. @throws Unreadable when it claims to be UnixFS and is not sound. */
export function decodeNode(cid: CID, bytes: Uint8Array): UnixfsNode {
  try {
    return unixfsNode(cid, bytes);
  } catch (error) {
    throw error instanceof UnixfsUnsound ? new Unreadable(error.message) : error;
  }
}

/**
 * What a dag-cbor block says, values in values.
 * @throws Unreadable when it is none, or deeper than its decoder can follow.
 */
export function decodeValue(cid: CID, bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    throw new Unreadable(`${cid.toString()} cannot be decoded: ${messageOf(error)}`);
  }
}

/**
 * What to follow from a block; one that its codec cannot read is a leaf.
 * @throws Unreadable for a link that carries over 128 bytes.
 */
export function linksBelow(cid: CID, bytes: Uint8Array): CID[] {
  try {
    return linksOf(cid, bytes, 'lenient');
  } catch (error) {
    throw error instanceof IdentityTooLong ? new Unreadable(error.message) : error;
  }
}
