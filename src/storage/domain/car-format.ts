import { hash } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';

/**
 * CAR version 1 (https://ipld.io/specs/transport/car/carv1/): a header, then sections `varint(length) | CID | block`.
 * Our headers name exactly one root of fixed width, so that it can be filled in when the file is finished.
 */

/** Width of a binary CIDv1 with a one-byte codec and a 32-byte hash: the only roots our headers name. */
export const ROOT_CID_BYTES = 36;

/** Stands in the header of a CAR that is not finished: an empty dag-cbor list. */
export const PLACEHOLDER_ROOT = CID.createV1(
  dagCbor.code,
  Digest.create(0x12, hash('sha256', dagCbor.encode([]), 'buffer')),
);

/** No block of a CAR that we accept is larger: what bitswap carries is 2 MiB, the largest chunkers make 1 MiB. */
export const MAX_BLOCK_BYTES = 4 * 1024 * 1024;

export const HEADER_BYTES = 59;

/** The 59 bytes at the start of every CAR that we write. */
export function carHeader(root: CID): Uint8Array {
  const body = dagCbor.encode({ roots: [root], version: 1 });
  const header = concat([varint(body.length), body]);
  if (header.length !== HEADER_BYTES)
    throw new RangeError(`a header root has ${ROOT_CID_BYTES} bytes as CIDv1: ${root.toString()}`);
  return header;
}

/** The root as a header can name it, or null when its CID has another width. */
export function headerRoot(root: CID): CID | null {
  const v1 = root.version === 1 ? root : CID.createV1(root.code, root.multihash);
  return v1.bytes.length === ROOT_CID_BYTES ? v1 : null;
}

/** What precedes a block of so many bytes in its section. */
export function sectionPrefix(cid: CID, blockLength: number): Uint8Array {
  return concat([varint(cid.bytes.length + blockLength), cid.bytes]);
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** Reads an unsigned varint; null when the bytes end inside it. @throws RangeError when it is longer than a length can be. */
export function readVarint(bytes: Uint8Array, at = 0): { value: number; length: number } | null {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      // The shortest form is the only one (unsigned-varint specification); a zero byte at the end is padding.
      if (byte === 0 && index > 0) throw new RangeError('the varint is not in its shortest form');
      if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('the varint is absurdly large');
      return { value, length: index + 1 };
    }
  }
  throw new RangeError('the varint is absurdly long');
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
