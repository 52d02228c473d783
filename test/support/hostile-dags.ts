import { createHash } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { carHeaderOf, cidOf, DAG_CBOR, DAG_PB, RAW, sectionPrefix, varint } from '../../src/ipld/index.js';

/**
 * DAGs that somebody builds to hurt whoever reads them: small in bytes, large in work. Each is made anew by code, sound
 * by its hashes, and says nothing true otherwise.
 */

export interface Block {
  cid: CID;
  bytes: Uint8Array;
}

export interface Dag {
  root: CID;
  /** The root first, each block once. */
  blocks: Block[];
}

/** Numbers of the UnixFS `Data` message. */
const TYPE = { directory: 1, file: 2, shard: 5 } as const;

/** A UnixFS node that says what it is told to. */
export function unixfs(
  type: keyof typeof TYPE,
  links: readonly { name?: string; cid: CID; size?: number }[],
  more: { data?: Uint8Array; sizes?: readonly number[]; fanout?: number } = {},
): Block {
  const { data = new Uint8Array(0), sizes = [], fanout } = more;
  const fields: Uint8Array[] = [Uint8Array.of(0x08, TYPE[type])];
  if (data.length > 0) fields.push(Uint8Array.of(0x12), varint(data.length), data);
  for (const size of sizes) fields.push(Uint8Array.of(0x20), varint(size));
  if (fanout !== undefined) fields.push(Uint8Array.of(0x28, 0x22, 0x30), varint(fanout));
  const Links = links.map(({ name = '', cid, size = 0 }) => ({ Name: name, Hash: cid, Tsize: size }));
  const bytes = dagPb.encode({ Data: Buffer.concat(fields), Links });
  return { cid: cidOf(DAG_PB, bytes), bytes };
}

export function raw(bytes: Uint8Array): Block {
  return { cid: cidOf(RAW, bytes), bytes };
}

const dagOf = (blocks: Block[]): Dag => ({ root: blocks[0]!.cid, blocks });

/** A CAR of it. */
export function carOf({ root, blocks }: Dag): Buffer {
  const sections = blocks.flatMap(({ cid, bytes }) => [sectionPrefix(cid, bytes.length), bytes]);
  return Buffer.concat([carHeaderOf([root]), ...sections]);
}

/** A sharded directory of 120 bytes whose width takes no bits of a hash, or too many: a search in it has no end. */
export function shardOfWidth(fanout: number): Dag {
  const leaf = raw(Buffer.from('leaf'));
  return dagOf([unixfs('shard', [{ name: 'FFa', cid: leaf.cid, size: 4 }], { fanout }), leaf]);
}

/** A file of some bytes with nodes below that hold none: each level has the one below `width` times. */
export function zeroSizeTree(levels: number, width: number): Dag {
  const blocks = [unixfs('file', [])];
  for (let level = 1; level <= levels; level++) {
    const links = Array.from({ length: width }, () => ({ cid: blocks[0]!.cid }));
    const data = level === levels ? Buffer.from('text') : Buffer.alloc(0);
    blocks.unshift(unixfs('file', links, { data, sizes: links.map(() => 0) }));
  }
  return dagOf(blocks);
}

/** The same where the nodes claim a byte each, and hold none: whoever trusts them reads all of it for nothing. */
export function lyingTree(levels: number, width: number): Dag {
  const blocks = [unixfs('file', [])];
  for (let level = 1; level <= levels; level++) {
    const links = Array.from({ length: width }, () => ({ cid: blocks[0]!.cid }));
    blocks.unshift(unixfs('file', links, { sizes: links.map(() => (level === 1 ? 1 : width ** (level - 1))) }));
  }
  return dagOf(blocks);
}

/** A sharded directory that has one shard at all places of each level. */
export function repeatedShards(levels: number): Dag {
  const leaf = raw(Buffer.from('leaf'));
  const hex = (index: number) => index.toString(16).toUpperCase().padStart(2, '0');
  const blocks = [unixfs('shard', [{ name: '00a', cid: leaf.cid, size: 4 }], { fanout: 256 }), leaf];
  for (let level = 1; level <= levels; level++) {
    const links = Array.from({ length: 256 }, (_, index) => ({ name: hex(index), cid: blocks[0]!.cid }));
    blocks.unshift(unixfs('shard', links, { fanout: 256 }));
  }
  return dagOf(blocks);
}

/** A file whose root has so many links, to leaves of one byte each. */
export function wideRoot(links: number): Dag {
  const leaves = Array.from({ length: 16 }, (_, index) => raw(Uint8Array.of(index)));
  const children = Array.from({ length: links }, (_, index) => ({ cid: leaves[index % 16]!.cid, size: 1 }));
  return dagOf([unixfs('file', children, { sizes: children.map(() => 1) }), ...leaves]);
}

/** A file of so many different leaves of eight bytes. `seed` makes it another one. */
export function tinyBlocks(count: number, seed = 0): Dag {
  let level = Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(seed, 0);
    bytes.writeUInt32BE(index, 4);
    return { ...raw(bytes), size: 8 };
  });
  const blocks: Block[] = [...level];
  while (level.length > 1) {
    const above: typeof level = [];
    for (let at = 0; at < level.length; at += 1_000) {
      const children = level.slice(at, at + 1_000);
      const sizes = children.map(({ size }) => size);
      above.push({ ...unixfs('file', children, { sizes }), size: sizes.reduce((sum, size) => sum + size, 0) });
    }
    blocks.unshift(...above);
    level = above;
  }
  return dagOf(blocks);
}

/** One byte at the end of a chain of nodes. */
export function deepChain(levels: number): Dag {
  const blocks = [raw(Buffer.from('x'))];
  for (let level = 0; level < levels; level++)
    blocks.unshift(unixfs('file', [{ cid: blocks[0]!.cid, size: 1 }], { sizes: [1] }));
  return dagOf(blocks);
}

/** A directory whose one block names so many members. */
export function wideDirectory(members: number): Dag {
  const leaf = raw(Buffer.from('leaf'));
  const links = Array.from({ length: members }, (_, index) => ({
    name: `n${String(index).padStart(8, '0')}`,
    cid: leaf.cid,
    size: 4,
  }));
  return dagOf([unixfs('directory', links), leaf]);
}

/** CIDs that carry their blocks, in each other, until they are as long as told. */
export function nestedIdentity(bytes: number): Dag {
  const parts: Uint8Array[] = [dagCbor.encode(cidOf(RAW, Buffer.from('hidden')))];
  for (let length = parts[0]!.length; length < bytes;) {
    // Tag 42 on a byte string: a zero, then version 1, dag-cbor, identity, and the length of what it carries.
    const cid = Buffer.concat([Buffer.from([0x00, 0x01, 0x71, 0x00]), varint(length)]);
    const head = Buffer.from([0xd8, 0x2a, 0x5a, 0, 0, 0, 0]);
    const carried = cid.length + length;
    head.writeUInt32BE(carried, 3);
    const short = carried < 24 ? [0x40 + carried] : carried < 256 ? [0x58, carried] : null;
    const string = short ?? (carried < 65_536 ? [0x59, carried >> 8, carried & 255] : [...head.subarray(2)]);
    const prefix = Buffer.from([0xd8, 0x2a, ...string, ...cid]);
    parts.push(prefix);
    length += prefix.length;
  }
  const block = Buffer.concat(parts.reverse());
  return dagOf([{ cid: cidOf(DAG_CBOR, block), bytes: block }]);
}

/** A block of so many bytes under the codec dag-cbor, one value for each: nothing but lists in lists, or maps. */
export function cborTokens(bytes: number, kind: 'nested' | 'flat' | 'maps'): Dag {
  const block = Buffer.alloc(bytes, kind === 'nested' ? 0x81 : kind === 'flat' ? 0x00 : 0xa1);
  if (kind === 'nested') block[bytes - 1] = 0;
  if (kind === 'flat') {
    block[0] = 0x9a;
    block.writeUInt32BE(bytes - 5, 1);
  }
  if (kind === 'maps') for (let at = 1; at < bytes; at += 2) block[at] = 0x60;
  return dagOf([{ cid: cidOf(DAG_CBOR, block), bytes: block }]);
}

/** A block of dag-cbor or dag-pb with as many links as fit into so many bytes, all to CIDs that carry nothing. */
export function manyLinks(bytes: number, codec: 'dag-pb' | 'dag-cbor'): Dag {
  const empty = CID.createV1(RAW, Digest.create(0, new Uint8Array(0)));
  if (codec === 'dag-cbor') {
    const count = Math.floor(bytes / 8) - 1;
    const one = dagCbor.encode(empty);
    const head = Buffer.from([0x9a, 0, 0, 0, 0]);
    head.writeUInt32BE(count, 1);
    const block = Buffer.concat([head, ...Array.from({ length: count }, () => one)]);
    return dagOf([{ cid: cidOf(DAG_CBOR, block), bytes: block }]);
  }
  const link = Uint8Array.from([0x12, empty.bytes.length + 2, 0x0a, empty.bytes.length, ...empty.bytes]);
  const block = Buffer.concat(Array.from({ length: Math.floor(bytes / link.length) }, () => link));
  return dagOf([{ cid: cidOf(DAG_PB, block), bytes: block }]);
}

/** Bytes under a codec that they do not follow. */
export function undecodable(codec: number, seed: string): Dag {
  const bytes = createHash('sha512').update(seed).digest();
  return dagOf([{ cid: cidOf(codec, bytes), bytes }]);
}
