import { describe, expect, it } from '@jest/globals';
import { createHash, hash, randomBytes } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import { blake2b } from '@noble/hashes/blake2.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { sectionPrefix, varint } from '../../storage/index.js';
import { CarReader, type CarBlock } from './car-reader.js';

const cidOf = (bytes: Uint8Array): CID => CID.createV1(0x55, Digest.create(0x12, hash('sha256', bytes, 'buffer')));
const header = (value: unknown): Uint8Array => {
  const body = dagCbor.encode(value);
  return Buffer.concat([varint(body.length), body]);
};
const section = (cid: CID, bytes: Uint8Array): Uint8Array => Buffer.concat([sectionPrefix(cid, bytes.length), bytes]);
const one = randomBytes(100);
const two = randomBytes(70_000);
const blocks = [one, two].map((bytes) => ({ cid: cidOf(bytes), bytes }));
const root = blocks[0]!.cid;
const v1 = Buffer.concat([
  header({ version: 1, roots: [root] }),
  ...blocks.map(({ cid, bytes }) => section(cid, bytes)),
]);

function v2(data: Uint8Array, { offset = 51, size = data.length, index = randomBytes(30) } = {}): Uint8Array {
  const fixed = Buffer.alloc(40);
  fixed.writeBigUInt64LE(BigInt(offset), 16);
  fixed.writeBigUInt64LE(BigInt(size), 24);
  fixed.writeBigUInt64LE(BigInt(offset + size), 32);
  return Buffer.concat([header({ version: 2 }), fixed, Buffer.alloc(Math.max(0, offset - 51)), data, index]);
}

async function* stream(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, pieces = 1000): Promise<{ roots: CID[]; blocks: CarBlock[] }> {
  const reader = await CarReader.open(stream(bytes, pieces));
  const found: CarBlock[] = [];
  for await (const block of reader.blocks()) found.push(block);
  return { roots: [...reader.roots], blocks: found };
}

describe('a CAR is read as it comes in', () => {
  it.each([1, 7, 1000, 1_000_000])('version 1, in pieces of %i bytes', async (pieces) => {
    const car = await read(v1, pieces);
    expect(car.roots.map(String)).toEqual([root.toString()]);
    expect(car.blocks.map(({ cid, bytes }) => [cid.toString(), bytes.length])).toEqual(
      blocks.map(({ cid, bytes }) => [cid.toString(), bytes.length]),
    );
    expect(Buffer.compare(car.blocks[1]!.bytes, two)).toBe(0);
  });

  it.each([1, 51, 1000])('version 2, its padding and its index passed over, in pieces of %i bytes', async (pieces) => {
    expect((await read(v2(v1), pieces)).blocks).toHaveLength(2);
    expect((await read(v2(v1, { offset: 100 }), pieces)).blocks).toHaveLength(2);
    expect((await read(v2(v1, { index: Buffer.alloc(0) }), pieces)).blocks).toHaveLength(2);
  });

  it('several roots, each named once', async () => {
    const car = await read(
      Buffer.concat([header({ version: 1, roots: [root, blocks[1]!.cid, root] }), section(root, one)]),
    );
    expect(car.roots).toHaveLength(2);
  });

  it.each<[string, number, Uint8Array]>([
    ['sha2-512', 0x13, hash('sha512', one, 'buffer')],
    ['blake2b-256', 0xb220, blake2b(one, { dkLen: 32 })],
    ['blake2b-512', 0xb240, createHash('blake2b512').update(one).digest()],
    ['blake3', 0x1e, blake3(one)],
    ['identity', 0x00, one],
  ])('blocks hashed by %s are verified', async (_name, code, digest) => {
    const cid = CID.createV1(0x55, Digest.create(code, digest));
    const good = Buffer.concat([header({ version: 1, roots: [cid] }), section(cid, one)]);
    expect((await read(good)).blocks).toHaveLength(1);
    const bad = Buffer.from(good);
    bad[bad.length - 1]! ^= 1;
    await expect(read(bad)).rejects.toMatchObject({ code: 'ERR_CAR_BLOCK_HASH_MISMATCH' });
  });
});

describe('a CAR that is not one is refused, with the byte where it went wrong', () => {
  const first = header({ version: 1, roots: [root] }).length;
  const second = first + section(root, one).length;
  const flipped = Buffer.from(v1);
  flipped[second + 100]! ^= 1;
  const unknownHash = CID.createV1(0x55, Digest.create(0x1012, randomBytes(20)));
  const tooLarge = Buffer.alloc(4 * 1024 * 1024 + 1);
  const start = header({ version: 1, roots: [root] });

  it.each<[string, Uint8Array, string, number]>([
    ['nothing', new Uint8Array(), 'ERR_CAR_INVALID', 0],
    ['noise', Buffer.alloc(1000, 0xab), 'ERR_CAR_INVALID', 0],
    ['an absurd varint', new Uint8Array(20).fill(0xff), 'ERR_CAR_INVALID', 0],
    ['a varint with padding', Buffer.from([0x80, 0x00, 1, 2, 3]), 'ERR_CAR_INVALID', 0],
    ['a header of no bytes', Buffer.from([0, 0, 0]), 'ERR_CAR_INVALID', 0],
    ['a header of a gigabyte', Buffer.concat([varint(2 ** 30), randomBytes(100)]), 'ERR_CAR_INVALID', 0],
    ['half a header', v1.subarray(0, 20), 'ERR_CAR_INVALID', 1],
    [
      'a header that is not cbor',
      Buffer.concat([varint(5), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])]),
      'ERR_CAR_INVALID',
      0,
    ],
    ['a header without roots', header({ version: 1 }), 'ERR_CAR_INVALID', 0],
    ['zero roots', header({ version: 1, roots: [] }), 'ERR_CAR_INVALID', 0],
    ['a root that is no CID', header({ version: 1, roots: ['a'] }), 'ERR_CAR_INVALID', 0],
    ['1,001 roots', header({ version: 1, roots: Array.from({ length: 1001 }, () => root) }), 'ERR_CAR_INVALID', 0],
    [
      'a root with 3 KB in its name',
      header({ version: 1, roots: [CID.createV1(0x55, Digest.create(0, randomBytes(3000)))] }),
      'ERR_CAR_INVALID',
      0,
    ],
    ['version 3', header({ version: 3, roots: [root] }), 'ERR_CAR_INVALID', 0],
    ['the length of a section cut', v1.subarray(0, second + 1), 'ERR_CAR_INVALID', second],
    ['a section cut', v1.subarray(0, v1.length - 100), 'ERR_CAR_INVALID', second + 3],
    ['an empty section', Buffer.concat([start, Buffer.from([0])]), 'ERR_CAR_INVALID', first],
    ['an absurd section varint', Buffer.concat([start, Buffer.alloc(12, 0xff)]), 'ERR_CAR_INVALID', first],
    ['a section of 3 GiB', Buffer.concat([start, varint(3 * 2 ** 30), randomBytes(10)]), 'ERR_CAR_INVALID', first],
    [
      'a section without a CID',
      Buffer.concat([start, varint(5), Buffer.from([9, 9, 9, 9, 9])]),
      'ERR_CAR_INVALID',
      first,
    ],
    ['a block over the limit', Buffer.concat([start, section(cidOf(tooLarge), tooLarge)]), 'ERR_CAR_INVALID', first],
    ['a wrong hash', flipped, 'ERR_CAR_BLOCK_HASH_MISMATCH', second],
    [
      'a hash that nobody checks',
      Buffer.concat([start, section(unknownHash, one)]),
      'ERR_CAR_HASH_NOT_SUPPORTED',
      first,
    ],
    ['a CARv2 cut in its header', v2(v1).subarray(0, 30), 'ERR_CAR_INVALID', 11],
    ['a CARv2 that points before itself', v2(v1, { offset: 3 }), 'ERR_CAR_INVALID', 11],
    ['a CARv2 without data', v2(v1, { size: 0 }), 'ERR_CAR_INVALID', 11],
    [
      'a CARv2 cut in its data',
      v2(v1, { index: Buffer.alloc(0) }).subarray(0, 51 + second + 50),
      'ERR_CAR_INVALID',
      51 + second + 3,
    ],
    [
      'a CARv2 that ends between sections',
      v2(v1.subarray(0, second), { size: v1.length, index: Buffer.alloc(0) }),
      'ERR_CAR_INVALID',
      51 + second,
    ],
    ['a CARv2 whose last section passes its end', v2(v1, { size: v1.length - 10 }), 'ERR_CAR_INVALID', 51 + second],
    ['a CARv2 in a CARv2', v2(v2(v1)), 'ERR_CAR_INVALID', 51],
  ])('%s', async (_name, bytes, code, offset) => {
    for (const pieces of [1, 1000]) {
      await expect(read(bytes, bytes.length > 100_000 ? 65_536 : pieces)).rejects.toMatchObject({
        code,
        status: 400,
        details: { offset },
      });
    }
  });

  it('no single changed byte gets through as other data', async () => {
    const small = Buffer.concat([header({ version: 1, roots: [root] }), section(root, one)]);
    for (let at = 0; at < small.length; at++) {
      const changed = Buffer.from(small);
      changed[at]! ^= 0x41;
      const outcome = await read(changed).then(
        (car) => car,
        (error: { code: string }) => error,
      );
      if ('code' in outcome) expect(outcome.code).toMatch(/^ERR_CAR_/);
      // What a changed header may still say: other roots. The blocks are what they claim, always.
      else
        for (const { cid, bytes } of outcome.blocks)
          expect(cidOf(bytes).multihash.digest).toEqual(cid.multihash.digest);
    }
  });
});
