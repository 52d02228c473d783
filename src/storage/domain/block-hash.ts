import { createHash, hash } from 'node:crypto';
import type { CID } from 'multiformats/cid';
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { keccak_224, keccak_256, keccak_384, keccak_512 } from '@noble/hashes/sha3.js';

/** Multihash codes (https://github.com/multiformats/multicodec). */
export const IDENTITY = 0x00;

/** Shorter digests, and the hashes that only have such, could be met by trying: not a name for content. As boxo's verifcid has it. */
const SHORTEST_DIGEST = 20;
/** What may lie in a CID instead of behind it. As boxo's verifcid has it. */
const LONGEST_IDENTITY = 128;

/** The digest in its full length, or, of a function that gives any number of bytes, in the length asked for. */
type Digester = (bytes: Uint8Array, length: number) => Uint8Array;

const openssl =
  (name: string): Digester =>
  (bytes) =>
    hash(name, bytes, 'buffer');

/** What Kubo takes by default, and sha2-384. */
const digesters = new Map<number, Digester>([
  [0x12, (bytes) => hash('sha256', bytes, 'buffer')],
  [0x13, openssl('sha512')],
  [0x20, openssl('sha384')],
  [0x11, openssl('sha1')],
  [0x56, (bytes) => hash('sha256', hash('sha256', bytes, 'buffer'), 'buffer')],
  [0x14, openssl('sha3-512')],
  [0x15, openssl('sha3-384')],
  [0x16, openssl('sha3-256')],
  [0x17, openssl('sha3-224')],
  [
    0x19,
    (bytes, length) =>
      createHash('shake256', { outputLength: Math.max(Math.min(length, 64), 1) })
        .update(bytes)
        .digest(),
  ],
  [0x1a, keccak_224],
  [0x1b, keccak_256],
  [0x1c, keccak_384],
  [0x1d, keccak_512],
  [0x1e, (bytes, length) => blake3(bytes, { dkLen: Math.max(Math.min(length, 128), 1) })],
  ...widths(64).map((width) => [0xb200 + width, (bytes) => blake2b(bytes, { dkLen: width })] as [number, Digester]),
  ...widths(32).map((width) => [0xb240 + width, (bytes) => blake2s(bytes, { dkLen: width })] as [number, Digester]),
]);
digesters.set(0xb240, openssl('blake2b512'));
digesters.set(0xb260, openssl('blake2s256'));

/** BLAKE2 has a code for every width in bytes. */
function widths(widest: number): number[] {
  return Array.from({ length: widest - SHORTEST_DIGEST + 1 }, (_, at) => SHORTEST_DIGEST + at);
}

export function isIdentity(cid: CID): boolean {
  return cid.multihash.code === IDENTITY;
}

/** Whether we can tell if bytes belong to this CID. */
export function canVerify(cid: CID): boolean {
  const { code, digest } = cid.multihash;
  return code === IDENTITY
    ? digest.length <= LONGEST_IDENTITY
    : digest.length >= SHORTEST_DIGEST && digesters.has(code);
}

/** The digest of a multihash code over bytes; null for a code that is not known here. `length` is how much of it is wanted. */
export function digestOf(code: number, bytes: Uint8Array, length: number): Uint8Array | null {
  return digesters.get(code)?.(bytes, length) ?? null;
}

/** Whether the bytes are the block that the CID names. A truncated digest is compared by its length. */
export function hashMatches(cid: CID, bytes: Uint8Array): boolean {
  if (!canVerify(cid)) return false;
  const { code, digest } = cid.multihash;
  if (code === IDENTITY) return Buffer.compare(digest, bytes) === 0;
  const computed = digestOf(code, bytes, digest.length);
  if (!computed || digest.length > computed.length) return false;
  return (
    Buffer.compare(digest, computed.length === digest.length ? computed : computed.subarray(0, digest.length)) === 0
  );
}
