import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { cidOf as cidUnder } from '../block-hash.js';
import { RAW } from '../codecs.js';
import { CarMalformed, CarTruncated } from '../ipld.errors.js';
import { varint } from '../varint.js';
import { CarReader, readSectionPrefix, readSections, type CarBlock } from './read.js';
import { sectionPrefix } from './write.js';

const cidOf = (bytes: Uint8Array): CID => cidUnder(RAW, bytes);
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
  const roots = reader.roots(1000);
  for await (const block of reader.blocks()) found.push(block);
  return { roots, blocks: found };
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

  it('with the first byte of every section', async () => {
    const first = header({ version: 1, roots: [root] }).length;
    const { blocks: found } = await read(v1, 7);
    expect(found.map(({ offset }) => offset)).toEqual([first, first + section(root, one).length]);
  });

  it('without a copy of what lies in one buffer', async () => {
    const { blocks: found } = await read(v1, v1.length);
    for (const { bytes } of found) expect(bytes.buffer).toBe(v1.buffer);
  });

  it('and its source is closed when the reader stops before the end', async () => {
    let closed = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* stream(v1, 1000);
        throw new Error('nobody asked for more');
      } finally {
        closed += 1;
      }
    }
    for await (const { cid } of (await CarReader.open(source())).blocks()) if (cid.equals(root)) break;
    expect(closed).toBe(1);
  });

  it('and its source is closed when it does not begin as a CAR', async () => {
    let closed = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from('<!doctype html>');
        yield randomBytes(100);
      } finally {
        closed += 1;
      }
    }
    await expect(CarReader.open(source())).rejects.toThrow(CarMalformed);
    expect(closed).toBe(1);
  });
});

describe('a CAR that is not one is refused, with the byte where it went wrong', () => {
  const first = header({ version: 1, roots: [root] }).length;
  const second = first + section(root, one).length;
  const tooLarge = Buffer.alloc(4 * 1024 * 1024 + 1);
  const start = header({ version: 1, roots: [root] });

  it.each<[string, Uint8Array, typeof CarMalformed, number]>([
    ['nothing', new Uint8Array(), CarTruncated, 0],
    ['noise', Buffer.alloc(1000, 0xab), CarMalformed, 0],
    ['an absurd varint', new Uint8Array(20).fill(0xff), CarMalformed, 0],
    ['a varint with padding', Buffer.from([0x80, 0x00, 1, 2, 3]), CarMalformed, 0],
    ['a header of no bytes', Buffer.from([0, 0, 0]), CarMalformed, 0],
    ['a header of a gigabyte', Buffer.concat([varint(2 ** 30), randomBytes(100)]), CarMalformed, 0],
    ['half a header', v1.subarray(0, 20), CarTruncated, 1],
    [
      'a header that is not cbor',
      Buffer.concat([varint(5), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])]),
      CarMalformed,
      0,
    ],
    ['a header without roots', header({ version: 1 }), CarMalformed, 0],
    ['zero roots', header({ version: 1, roots: [] }), CarMalformed, 0],
    ['a root that is no CID', header({ version: 1, roots: ['a'] }), CarMalformed, 0],
    ['1,001 roots', header({ version: 1, roots: Array.from({ length: 1001 }, () => root) }), CarMalformed, 0],
    [
      'a root with 3 KB in its name',
      header({ version: 1, roots: [CID.createV1(0x55, Digest.create(0, randomBytes(3000)))] }),
      CarMalformed,
      0,
    ],
    ['version 3', header({ version: 3, roots: [root] }), CarMalformed, 0],
    ['the length of a section cut', v1.subarray(0, second + 1), CarTruncated, second],
    ['a section cut', v1.subarray(0, v1.length - 100), CarTruncated, second + 3],
    ['an empty section', Buffer.concat([start, Buffer.from([0])]), CarMalformed, first],
    ['an absurd section varint', Buffer.concat([start, Buffer.alloc(12, 0xff)]), CarMalformed, first],
    ['a section of 3 GiB', Buffer.concat([start, varint(3 * 2 ** 30), randomBytes(10)]), CarMalformed, first],
    ['a section without a CID', Buffer.concat([start, varint(5), Buffer.from([9, 9, 9, 9, 9])]), CarMalformed, first],
    ['a block over the limit', Buffer.concat([start, section(cidOf(tooLarge), tooLarge)]), CarMalformed, first],
    ['a CARv2 cut in its header', v2(v1).subarray(0, 30), CarTruncated, 11],
    ['a CARv2 that points before itself', v2(v1, { offset: 3 }), CarMalformed, 11],
    ['a CARv2 without data', v2(v1, { size: 0 }), CarMalformed, 11],
    [
      'a CARv2 cut in its data',
      v2(v1, { index: Buffer.alloc(0) }).subarray(0, 51 + second + 50),
      CarTruncated,
      51 + second + 3,
    ],
    [
      'a CARv2 that ends between sections',
      v2(v1.subarray(0, second), { size: v1.length, index: Buffer.alloc(0) }),
      CarTruncated,
      51 + second,
    ],
    ['a CARv2 whose last section passes its end', v2(v1, { size: v1.length - 10 }), CarMalformed, 51 + second],
    ['a CARv2 in a CARv2', v2(v2(v1)), CarMalformed, 51],
  ])('%s', async (_name, bytes, kind, offset) => {
    for (const pieces of [1, 1000]) {
      const failure = await read(bytes, bytes.length > 100_000 ? 65_536 : pieces).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(kind);
      expect(failure instanceof CarTruncated).toBe(kind === CarTruncated);
      expect(failure).toMatchObject({ offset });
    }
  });

  it('wherever it is cut off: between two sections it has fewer blocks, anywhere else it is truncated', async () => {
    const small = Buffer.concat([
      header({ version: 1, roots: [root] }),
      section(root, one),
      section(cidOf(two.subarray(0, 300)), two.subarray(0, 300)),
    ]);
    const ends = new Map([
      [first, 0],
      [first + section(root, one).length, 1],
    ]);
    for (let end = 0; end < small.length; end++) {
      const outcome = await read(small.subarray(0, end), 50).catch((error: unknown) => error);
      if (ends.has(end)) expect(outcome).toMatchObject({ blocks: { length: ends.get(end) } });
      else expect([end, outcome instanceof CarTruncated]).toEqual([end, true]);
    }
  });

  it('in version 2 wherever it is cut off before the end of its data', async () => {
    const inner = Buffer.concat([header({ version: 1, roots: [root] }), section(root, one)]);
    const whole = v2(inner, { index: Buffer.alloc(0) });
    for (let end = 0; end < whole.length; end++)
      await expect(read(whole.subarray(0, end), 50)).rejects.toBeInstanceOf(CarTruncated);
  });

  it('no single changed byte brings it down otherwise than by name', async () => {
    const small = Buffer.concat([header({ version: 1, roots: [root] }), section(root, one)]);
    for (let at = 0; at < small.length; at++) {
      for (const flip of [0x01, 0x41, 0x80, 0xff]) {
        const changed = Buffer.from(small);
        changed[at]! ^= flip;
        const failure: unknown = await read(changed).then(
          () => null,
          (error: unknown) => error,
        );
        if (failure !== null) expect(failure).toBeInstanceOf(CarMalformed);
      }
    }
  });
});

describe('sections without a header', () => {
  const bytes = Buffer.concat(blocks.map((block) => section(block.cid, block.bytes)));

  it.each([1, 700, 1_000_000])('are read in pieces of %i bytes', async (pieces) => {
    const found: CarBlock[] = [];
    for await (const block of readSections(stream(bytes, pieces))) found.push(block);
    expect(found.map(({ cid, offset }) => [cid.toString(), offset])).toEqual([
      [blocks[0]!.cid.toString(), 0],
      [blocks[1]!.cid.toString(), section(root, one).length],
    ]);
  });

  it('are told apart by what stands before a block, without the block', () => {
    const prefix = sectionPrefix(root, 100);
    expect(readSectionPrefix(prefix)).toMatchObject({ prefixLength: prefix.length, blockLength: 100 });
    expect(readSectionPrefix(prefix)?.cid.equals(root)).toBe(true);
    for (let end = 0; end < prefix.length; end++) expect(readSectionPrefix(prefix.subarray(0, end))).toBeNull();
    // A section that is shorter than its CID, none at all, and noise.
    expect(readSectionPrefix(Buffer.concat([varint(10), root.bytes]))).toBeNull();
    expect(readSectionPrefix(new Uint8Array(100))).toBeNull();
    expect(readSectionPrefix(new Uint8Array(100).fill(0xff))).toBeNull();
  });
});
