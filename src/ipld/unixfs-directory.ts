import { MURMUR3_X64_64 } from './codecs.js';
import { varint } from './varint.js';

/** Types of the UnixFS specification's `Data` message. */
const DIRECTORY = 1;
const HAMT_SHARD = 5;

/** The `Data` message of a flat directory; its members are the node's links (https://specs.ipfs.tech/unixfs/#dag-pb-directory). */
export function encodeDirectoryNode(): Uint8Array {
  return Uint8Array.of(0x08, DIRECTORY);
}

/**
 * The `Data` message of a shard: type (1), the places that are taken as a bit field (2), hash function (5), width (6)
 * (https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory). The bit field is a number, its highest byte first and never 0.
 */
export function encodeShardNode(places: readonly number[], fanout: number): Uint8Array {
  const bits = Buffer.alloc(fanout / 8);
  for (const place of places) {
    const at = bits.length - 1 - (place >> 3);
    bits.writeUInt8(bits.readUInt8(at) | (1 << (place & 7)), at);
  }
  const first = bits.findIndex((byte) => byte !== 0);
  const field = bits.subarray(first < 0 ? bits.length : first);
  return Buffer.concat([
    Buffer.from([0x08, HAMT_SHARD, 0x12, ...varint(field.length)]),
    field,
    Buffer.from([0x28, ...varint(MURMUR3_X64_64), 0x30, ...varint(fanout)]),
  ]);
}
