import { describe, expect, it } from '@jest/globals';
import { CarIndexer } from '@ipld/car/indexer';
import { CID } from 'multiformats/cid';
import { code as RAW } from 'multiformats/codecs/raw';
import * as Digest from 'multiformats/hashes/digest';
import { carHeader, carRoots, carSectionPrefix, SectionScanner, type Section } from './car-sections.js';

const block = (size: number, fill: number) => {
  const bytes = new Uint8Array(size).fill(fill);
  return { cid: CID.createV1(RAW, Digest.create(0x12, new Uint8Array(32).fill(fill))), bytes };
};
const v0 = CID.createV0(Digest.create(0x12, new Uint8Array(32).fill(9)) as Parameters<typeof CID.createV0>[0]);
const blocks = [block(1, 1), block(700, 2), { cid: v0, bytes: new Uint8Array(40) }, block(0, 3), block(200, 4)];
const car = Buffer.concat([
  carHeader(blocks[0]!.cid),
  ...blocks.flatMap(({ cid, bytes }) => [carSectionPrefix(cid, bytes.length), bytes]),
]);

function scan(bytes: Uint8Array, chunk: number) {
  const scanner = new SectionScanner();
  const found: Section[] = [];
  for (let at = 0; at < bytes.length; at += chunk)
    scanner.push(bytes.subarray(at, at + chunk), (section) => found.push(section));
  scanner.end();
  return { found, malformed: scanner.malformed };
}

describe('The sections of a CAR', () => {
  it.each([1, 7, 64, 300, 100_000])('are found where @ipld/car finds them, in chunks of %i bytes', async (chunk) => {
    const expected = [];
    for await (const entry of await CarIndexer.fromBytes(car))
      expected.push({
        position: entry.blockOffset,
        length: entry.blockLength,
        hash: Buffer.from(entry.cid.multihash.bytes).toString('hex'),
      });
    const { found, malformed } = scan(car, chunk);
    expect(
      found.map(({ position, length, multihash }) => ({
        position,
        length,
        hash: Buffer.from(multihash).toString('hex'),
      })),
    ).toEqual(expected);
    expect(malformed).toBeUndefined();
  });

  it('end with a reason when the CAR is cut off', () => {
    expect(scan(car.subarray(0, car.length - 3), 64).malformed).toMatch(/ends inside a section/);
  });

  it('end with a reason at bytes that are no section', () => {
    expect(scan(Buffer.concat([car, Buffer.alloc(200, 0xff)]), 64).malformed).toMatch(/^byte \d+:/);
  });

  it('end with a reason at a length in more bytes than it needs', () => {
    const padded = Buffer.concat([car, Buffer.from([0xa9, 0x00]), Buffer.alloc(300)]);
    expect(scan(padded, 64).malformed).toMatch(/shortest form/);
  });

  it('stand behind a header that names the roots', () => {
    expect(carRoots(car).map(String)).toEqual([blocks[0]!.cid.toString()]);
    expect(() => carRoots(Buffer.from('no CAR at all'))).toThrow();
  });
});
