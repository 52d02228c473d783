import { createHash, hash } from 'node:crypto';
import type { CID } from 'multiformats/cid';
import { blake2b } from '@noble/hashes/blake2.js';
import { blake3 } from '@noble/hashes/blake3.js';

/** Multihash codes (https://github.com/multiformats/multicodec). */
export const IDENTITY = 0x00;

const hashers = new Map<number, (bytes: Uint8Array) => Uint8Array>([
  [0x12, (bytes) => hash('sha256', bytes, 'buffer')],
  [0x13, (bytes) => hash('sha512', bytes, 'buffer')],
  [0x20, (bytes) => hash('sha384', bytes, 'buffer')],
  [0x1e, (bytes) => blake3(bytes)],
  [0xb220, (bytes) => blake2b(bytes, { dkLen: 32 })],
  [0xb240, (bytes) => createHash('blake2b512').update(bytes).digest()],
]);

export function isIdentity(cid: CID): boolean {
  return cid.multihash.code === IDENTITY;
}

/** Whether we can tell if bytes belong to this CID. */
export function canVerify(cid: CID): boolean {
  return isIdentity(cid) || hashers.has(cid.multihash.code);
}

/** Whether the bytes are the block that the CID names. A truncated digest is compared by its length, at least 20 bytes. */
export function hashMatches(cid: CID, bytes: Uint8Array): boolean {
  const { code, digest } = cid.multihash;
  if (code === IDENTITY) return Buffer.compare(digest, bytes) === 0;
  const computed = hashers.get(code)?.(bytes);
  if (!computed || digest.length < 20 || digest.length > computed.length) return false;
  return Buffer.compare(digest, computed.subarray(0, digest.length)) === 0;
}
