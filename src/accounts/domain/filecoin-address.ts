import { blake2b } from '@noble/hashes/blake2.js';
import { base32 } from 'multiformats/bases/base32';

/** Longest text of any kind: f4 with a 20-digit namespace and 54 bytes, its checksum and letters. */
const LONGEST = 128;
/** Bytes of the payload, by protocol: secp256k1 and actor addresses are blake2b-160, BLS ones the public key. */
const PAYLOAD_BYTES: Record<string, number> = { 1: 20, 2: 20, 3: 48 };
const CHECKSUM_BYTES = 4;
/** Of an f4 address behind its namespace. */
const MOST_SUBADDRESS_BYTES = 54;
const MOST_U64 = 18_446_744_073_709_551_615n;

/**
 * Whether the text is a Filecoin address of either network letter whose checksum fits: f0 (an actor's number), f1, f2,
 * f3, f4 (https://spec.filecoin.io/appendix/address/, FIP-0048). Says nothing of an actor's being there.
 */
export function isFilecoinAddress(text: string): boolean {
  if (text.length > LONGEST) return false;
  const [, protocol = '', rest = ''] = /^[ft]([0-4])([0-9a-z]+)$/.exec(text) ?? [];
  if (protocol === '0') return isU64(rest);
  if (protocol === '4') return isDelegated(rest);
  const length = PAYLOAD_BYTES[protocol];
  const bytes = length === undefined ? null : bytesOf(rest);
  if (bytes === null || bytes.length !== (length ?? 0) + CHECKSUM_BYTES) return false;
  return checksumFits(Uint8Array.of(Number(protocol)), bytes);
}

/** `<namespace>f<base32>`: the namespace is the number of the actor that manages the address. */
function isDelegated(rest: string): boolean {
  const [, namespace = '', encoded = ''] = /^(\d+)f([a-z2-7]+)$/.exec(rest) ?? [];
  const bytes = isU64(namespace) ? bytesOf(encoded) : null;
  if (bytes === null || bytes.length < CHECKSUM_BYTES || bytes.length > MOST_SUBADDRESS_BYTES + CHECKSUM_BYTES)
    return false;
  return checksumFits(Uint8Array.of(4, ...uvarint(BigInt(namespace))), bytes);
}

function isU64(text: string): boolean {
  return /^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) <= MOST_U64;
}

function bytesOf(encoded: string): Uint8Array | null {
  try {
    const bytes = base32.baseDecode(encoded);
    // Bits beyond the last byte have one spelling: an address has one, too.
    return base32.baseEncode(bytes) === encoded ? bytes : null;
  } catch {
    return null;
  }
}

/** blake2b of four bytes over the protocol and the payload. */
function checksumFits(prefix: Uint8Array, bytes: Uint8Array): boolean {
  const payload = bytes.subarray(0, -CHECKSUM_BYTES);
  const sum = blake2b(Uint8Array.of(...prefix, ...payload), { dkLen: CHECKSUM_BYTES });
  return Buffer.from(sum).equals(bytes.subarray(-CHECKSUM_BYTES));
}

function uvarint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}
