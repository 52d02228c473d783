import { describe, expect, it } from '@jest/globals';
import { createHash, hash, randomBytes } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { carHeaderOf, type CarBlock, RAW, cidOf as cidUnder, sectionPrefix } from '../../ipld/index.js';
import { openUploadedCar } from './uploaded-car.js';

const cidOf = (bytes: Uint8Array): CID => cidUnder(RAW, bytes);
const section = (cid: CID, bytes: Uint8Array): Uint8Array => Buffer.concat([sectionPrefix(cid, bytes.length), bytes]);
const one = randomBytes(100);
const two = randomBytes(70_000);
const blocks = [one, two].map((bytes) => ({ cid: cidOf(bytes), bytes }));
const root = blocks[0]!.cid;
const v1 = Buffer.concat([carHeaderOf([root]), ...blocks.map(({ cid, bytes }) => section(cid, bytes))]);

async function* stream(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, pieces = 1000): Promise<{ roots: CID[]; blocks: CarBlock[] }> {
  const car = await openUploadedCar(stream(bytes, pieces), 1000);
  const found: CarBlock[] = [];
  for await (const block of car.blocks) found.push(block);
  return { roots: [...car.roots], blocks: found };
}

describe('an uploaded CAR is read as it comes in', () => {
  it('its roots, and every block as it was sent', async () => {
    const car = await read(v1);
    expect(car.roots.map(String)).toEqual([root.toString()]);
    expect(car.blocks.map(({ cid }) => cid.toString())).toEqual(blocks.map(({ cid }) => cid.toString()));
    expect(Buffer.compare(car.blocks[1]!.bytes, two)).toBe(0);
  });

  it.each<[string, number, Uint8Array]>([
    ['sha2-512', 0x13, hash('sha512', one, 'buffer')],
    ['blake2b-256', 0xb220, blake2b(one, { dkLen: 32 })],
    ['blake2b-512', 0xb240, createHash('blake2b512').update(one).digest()],
    ['blake3', 0x1e, blake3(one)],
    ['identity', 0x00, one],
  ])('blocks hashed by %s are verified', async (_name, code, digest) => {
    const cid = CID.createV1(0x55, Digest.create(code, digest));
    const good = Buffer.concat([carHeaderOf([cid]), section(cid, one)]);
    expect((await read(good)).blocks).toHaveLength(1);
    const bad = Buffer.from(good);
    bad[bad.length - 1]! ^= 1;
    await expect(read(bad)).rejects.toMatchObject({ code: 'ERR_CAR_BLOCK_HASH_MISMATCH' });
  });
});

describe('an uploaded CAR that is not one is refused, with the byte where it went wrong', () => {
  const first = carHeaderOf([root]).length;
  const second = first + section(root, one).length;
  const flipped = Buffer.from(v1);
  flipped[second + 100]! ^= 1;
  const unknownHash = CID.createV1(RAW, Digest.create(0x1012, randomBytes(20)));
  const tooLong = CID.createV1(RAW, Digest.create(0, randomBytes(129)));

  it.each<[string, Uint8Array, string, number]>([
    ['noise', Buffer.alloc(1000, 0xab), 'ERR_CAR_INVALID', 0],
    ['zero roots', carHeaderOf([]), 'ERR_CAR_INVALID', 0],
    ['1,001 roots', carHeaderOf(Array.from({ length: 1001 }, () => root)), 'ERR_CAR_INVALID', 0],
    ['a section cut', v1.subarray(0, v1.length - 100), 'ERR_CAR_INVALID', second + 3],
    ['a wrong hash', flipped, 'ERR_CAR_BLOCK_HASH_MISMATCH', second],
    [
      'a hash that nobody checks',
      Buffer.concat([carHeaderOf([root]), section(unknownHash, one)]),
      'ERR_CAR_HASH_NOT_SUPPORTED',
      first,
    ],
    [
      'a block of 129 bytes in its own CID',
      Buffer.concat([carHeaderOf([root]), section(tooLong, tooLong.multihash.digest)]),
      'ERR_CAR_HASH_NOT_SUPPORTED',
      first,
    ],
  ])('%s', async (_name, bytes, code, offset) => {
    await expect(read(bytes)).rejects.toMatchObject({ code, status: 400, details: { offset } });
  });

  it('no single changed byte gets through as other data', async () => {
    const small = Buffer.concat([carHeaderOf([root]), section(root, one)]);
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
