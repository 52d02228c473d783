import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { Block } from 'multiformats/block';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { cidOf } from './block-hash.js';
import { CBOR, DAG_CBOR, DAG_JSON, DAG_PB, JSON_CODEC, RAW } from './codecs.js';
import { readDagCborLinks } from './dag-cbor-links.js';
import { atOnce } from '../shared/index.js';
import { BlockUndecodable, CodecUnknown, IdentityTooLong } from './ipld.errors.js';
import { blockLinks, linksOf } from './links.js';

const leaf = (): CID => cidOf(RAW, randomBytes(8));
const inline = (codec: number, bytes: Uint8Array): CID => CID.createV1(codec, Digest.create(0, bytes));
const anyCid = cidOf(RAW, Buffer.from('a block'));
const names = (cids: Iterable<CID>): string[] => [...cids].map(String);
const strict = (codec: number, bytes: Uint8Array): string[] => names(linksOf(cidOf(codec, bytes), bytes));
const lenient = (codec: number, bytes: Uint8Array): string[] => names(linksOf(cidOf(codec, bytes), bytes, 'lenient'));
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** A value with links in it, as deep and as wide as chance has it. */
function anyValue(depth: number): unknown {
  const pick = Math.floor(Math.random() * (depth > 0 ? 9 : 7));
  if (pick < 7) return [leaf(), leaf(), randomBytes(3), 'text', -7, 1.5, null][pick];
  const members = Array.from({ length: Math.floor(Math.random() * 4) }, () => anyValue(depth - 1));
  return pick === 7 ? members : Object.fromEntries(members.map((member, at) => [`k${at}${'x'.repeat(at)}`, member]));
}

/** The links as the library's own decoder finds them, or null where it refuses the bytes. */
function byLibrary(bytes: Uint8Array): string[] | null {
  try {
    const value = dagCbor.decode<unknown>(bytes);
    if (CID.asCID(value)) return [String(value)];
    return [...new Block({ cid: anyCid, bytes, value }).links()].map(([, cid]) => String(cid));
  } catch {
    return null;
  }
}

describe('the links of a block', () => {
  it('are read in dag-pb, in order, each as often as it is there, with the weight that a leaf claims', () => {
    const [a, b] = [leaf(), cidOf(DAG_PB, new Uint8Array())];
    const links = [a, b, a].map((Hash) => ({ Name: '', Hash, Tsize: 77 }));
    const bytes = dagPb.encode({ Links: links });
    expect(strict(DAG_PB, bytes)).toEqual(names([a, b, a]));
    expect(blockLinks(cidOf(DAG_PB, bytes), bytes).map((link) => link.bytes)).toEqual([77, null, 77]);
    expect(blockLinks(cidOf(DAG_PB, bytes), bytes).map((link) => link.cid.toString())).toEqual(
      dagPb.decode(bytes).Links.map(({ Hash }) => Hash.toString()),
    );
  });

  it('are read in dag-cbor as its library reads them, whatever the value', () => {
    for (let round = 0; round < 500; round++) {
      const bytes = dagCbor.encode(anyValue(4));
      expect(strict(DAG_CBOR, bytes)).toEqual(byLibrary(bytes));
    }
  });

  it('are refused in dag-cbor where its library refuses the bytes, and nowhere else', () => {
    for (let round = 0; round < 5_000; round++) {
      const bytes = Uint8Array.from(dagCbor.encode(anyValue(3)));
      const at = Math.floor(Math.random() * bytes.length);
      if (round % 3 === 0) bytes[at] = Math.floor(Math.random() * 256);
      const damaged = round % 3 === 1 ? bytes.subarray(0, at) : round % 3 === 2 ? Buffer.concat([bytes, bytes]) : bytes;
      const expected = byLibrary(damaged);
      const hex = Buffer.from(damaged).toString('hex');
      let found: string[] | null;
      try {
        const { positions } = atOnce(readDagCborLinks(damaged, dagCbor.decodeOptions));
        found = [];
        for (let link = 0; link < positions.length; link += 2)
          found.push(String(CID.decode(damaged.subarray(positions[link], positions[link + 1]))));
      } catch {
        found = null;
      }
      expect([hex, found]).toEqual([hex, expected]);
    }
  });

  it.each([
    ['a name twice', 'a2616101616102'],
    ['a name that is a number', 'a10101'],
    ['a name that is a list', 'a18001'],
    ['another tag than 42', 'c11a00000000'],
    ['a link that is text', 'd82a6100'],
    ['a link without its zero', 'd82a4101'],
    ['a link with nothing in it', 'd82a40'],
    ['a list without an end', '9f01ff'],
    ['a break', 'ff'],
    ['NaN', 'f97e00'],
    ['a number longer than it need be', '1801'],
    ['two values', '0101'],
    ['nothing', ''],
    ['half a map', 'a1'],
    ['half a tag', 'd82a'],
  ])('are not read in dag-cbor with %s', (_name, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(byLibrary(bytes)).toBeNull();
    expect(() => strict(DAG_CBOR, bytes)).toThrow(BlockUndecodable);
    expect(lenient(DAG_CBOR, bytes)).toEqual([]);
  });

  it('are not read in dag-json from texts that no CID has, which would take hours to decode', () => {
    for (const prefix of ['z', 'k', 'b', 'Qm', '1']) {
      const bytes = Buffer.from(JSON.stringify({ '/': prefix + '1a'.repeat(500_000) }));
      const cid = cidOf(DAG_JSON, bytes);
      for (const strictness of ['strict', 'lenient'] as const)
        expect(() => linksOf(cid, bytes, strictness)).toThrow(IdentityTooLong);
    }
  });

  it('are read in dag-json, where only an object with the one name "/" is a link', () => {
    const [a, b, c] = [leaf(), leaf(), leaf()].map(String);
    const value = { z: [{ '/': a }, { '/': { bytes: 'AAA' } }], y: { '/': b, more: 1 }, x: { '/': { '/': c } } };
    expect(strict(DAG_JSON, json(value))).toEqual([a, c]);
    expect(strict(DAG_JSON, json({ '/': b }))).toEqual([b]);
    expect(strict(DAG_JSON, json(['/', a]))).toEqual([]);
    expect(strict(DAG_JSON, json({ '/': 'x', bytes: 'x', version: 1, code: 85, multihash: {} }))).toEqual([]);
    for (const bad of [json({ '/': 'no CID' }), Buffer.from('{'), Buffer.from([0x22, 0xff, 0x22]), Buffer.from('')]) {
      expect(() => strict(DAG_JSON, bad)).toThrow(BlockUndecodable);
      expect(lenient(DAG_JSON, bad)).toEqual([]);
    }
  });

  it('are none in raw bytes, plain JSON and plain CBOR, whatever they look like', () => {
    for (const codec of [RAW, JSON_CODEC, CBOR]) {
      expect(strict(codec, json({ '/': leaf().toString() }))).toEqual([]);
      expect(strict(codec, dagCbor.encode(leaf()))).toEqual([]);
    }
  });

  it('cannot be read in another codec, unless one is lenient', () => {
    expect(() => strict(0x78, randomBytes(10))).toThrow(CodecUnknown);
    expect(lenient(0x78, randomBytes(10))).toEqual([]);
  });

  it('in bytes that are not what the codec says: an error when strict, which is the default; none when lenient', () => {
    const noise = Buffer.from('this is not protobuf');
    expect(() => linksOf(cidOf(DAG_PB, noise), noise)).toThrow(BlockUndecodable);
    expect(() => linksOf(cidOf(DAG_PB, noise), noise, 'strict')).toThrow(BlockUndecodable);
    expect(lenient(DAG_PB, noise)).toEqual([]);
  });
});

describe('CIDs that carry their bytes', () => {
  it('are replaced by what they link to, in their place', () => {
    const [a, b, c] = [leaf(), leaf(), leaf()];
    const inner = inline(DAG_CBOR, dagCbor.encode([b]));
    const bytes = dagCbor.encode([a, inner, c]);
    expect(strict(DAG_CBOR, bytes)).toEqual(names([a, b, c]));
    expect(names(blockLinks(cidOf(DAG_CBOR, bytes), bytes).map(({ cid }) => cid))).toEqual(names([a, inner, c]));
  });

  it('are followed as deep as they lie in each other', () => {
    const deepest = leaf();
    let cid = inline(DAG_CBOR, dagCbor.encode([deepest]));
    while (dagCbor.encode([cid]).length <= 128) cid = inline(DAG_CBOR, dagCbor.encode([cid]));
    expect(strict(DAG_CBOR, dagCbor.encode([cid]))).toEqual([deepest.toString()]);
  });

  it('are refused with more than 128 bytes in them, also by those who are lenient: as a link, as the block itself, inside another', () => {
    const [longest, tooLong] = [inline(RAW, randomBytes(128)), inline(RAW, randomBytes(129))];
    for (const strictness of ['strict', 'lenient'] as const) {
      const read = (cid: CID, bytes: Uint8Array) => () => linksOf(cid, bytes, strictness);
      expect(read(longest, longest.multihash.digest)()).toEqual([]);
      expect(read(tooLong, tooLong.multihash.digest)).toThrow(IdentityTooLong);
      for (const bytes of [dagCbor.encode({ longest, tooLong }), dagCbor.encode(tooLong)])
        expect(read(cidOf(DAG_CBOR, bytes), bytes)).toThrow(IdentityTooLong);
      const inPb = dagPb.encode(dagPb.prepare({ Links: [tooLong] }));
      expect(read(cidOf(DAG_PB, inPb), inPb)).toThrow(IdentityTooLong);
      const inJson = json([{ '/': tooLong.toString() }]);
      expect(read(cidOf(DAG_JSON, inJson), inJson)).toThrow(IdentityTooLong);
    }
  });

  it('nested 4,000 deep in one block do not overflow the stack: they are too long', () => {
    let cid = inline(RAW, Buffer.from('x'));
    for (let depth = 0; depth < 4_000; depth++) cid = inline(DAG_CBOR, dagCbor.encode([cid]));
    const bytes = dagCbor.encode([cid]);
    expect(() => lenient(DAG_CBOR, bytes)).toThrow(IdentityTooLong);
    expect(() => strict(DAG_CBOR, bytes)).toThrow(IdentityTooLong);
  });
});

describe('a block whose values lie deep in each other', () => {
  const DEPTH = 200_000;
  const link = leaf();

  it('shows its links in dag-cbor, where the library’s own decoder gives up', () => {
    const lists = Buffer.concat([Buffer.alloc(DEPTH, 0x81), dagCbor.encode(link)]);
    expect(() => dagCbor.decode(lists)).toThrow('call stack');
    expect(strict(DAG_CBOR, lists)).toEqual([link.toString()]);
    const maps = Buffer.concat([
      ...Array.from({ length: 50_000 }, () => Buffer.from('a16161', 'hex')),
      dagCbor.encode(link),
    ]);
    expect(lenient(DAG_CBOR, maps)).toEqual([link.toString()]);
  });

  it('shows its links in dag-json', () => {
    const lists = Buffer.from(`${'['.repeat(DEPTH)}{"/":"${link.toString()}"}${']'.repeat(DEPTH)}`);
    expect(strict(DAG_JSON, lists)).toEqual([link.toString()]);
  });

  it('may have more links than a call takes arguments', () => {
    const many = dagCbor.encode(Array.from({ length: 300_000 }, () => link));
    expect(strict(DAG_CBOR, many)).toHaveLength(300_000);
  });
});
