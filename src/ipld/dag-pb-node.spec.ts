import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { atOnce } from '../shared/index.js';
import { cidOf } from './block-hash.js';
import { DAG_PB, RAW } from './codecs.js';
import { DagPbNode } from './dag-pb-node.js';
import { readUnixfsData } from './unixfs-data.js';

const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(Math.random() * choices.length)] as T;

function anyCid(): CID {
  const cid = cidOf(pick(RAW, DAG_PB), randomBytes(4));
  return pick(cid, cid, CID.createV0(cidOf(DAG_PB, randomBytes(3)).multihash as never), inline(pick(0, 3, 130)));
}

const inline = (length: number): CID => CID.createV1(RAW, Digest.create(0, randomBytes(length)));

function anyNode(): Uint8Array {
  const Links = Array.from({ length: pick(0, 1, 2, 5, 300) }, () => ({
    Hash: anyCid(),
    ...pick({}, { Name: pick('', 'a', 'grüße', 'x'.repeat(200)) }),
    ...pick({}, { Tsize: pick(0, 1, 127, 128, 2 ** 40) }),
  }));
  Links.sort((a, b) => Buffer.compare(Buffer.from(a.Name ?? ''), Buffer.from(b.Name ?? '')));
  return dagPb.encode({ Links, ...pick({}, { Data: randomBytes(pick(0, 1, 200)) }) });
}

/** What a reader makes of bytes; null: it refuses them. */
function read<T>(reader: () => T): T | null {
  try {
    return reader();
  } catch {
    return null;
  }
}

function byOurs(bytes: Uint8Array) {
  const node = atOnce(DagPbNode.read(bytes));
  return {
    data: node.data && Buffer.from(node.data).toString('hex'),
    links: Array.from({ length: node.length }, (_, at) => [
      node.cidAt(at).toString(),
      node.nameAt(at),
      node.sizeAt(at) ?? -1,
    ]),
  };
}

function byLibrary(bytes: Uint8Array) {
  const { Data, Links } = dagPb.decode(bytes);
  return {
    data: Data ? Buffer.from(Data).toString('hex') : null,
    links: Links.map(({ Hash, Name, Tsize }) => [Hash.toString(), Name ?? '', Tsize ?? -1]),
  };
}

describe('a dag-pb block as positions', () => {
  it('says what its library says of it, and is refused where that refuses it', () => {
    for (let round = 0; round < 3_000; round++) {
      const bytes = Uint8Array.from(anyNode());
      const at = Math.floor(Math.random() * bytes.length);
      if (round % 3 === 1 && bytes.length > 0) bytes[at] = Math.floor(Math.random() * 256);
      const given = round % 3 === 2 ? bytes.subarray(0, at) : bytes;
      const hex = Buffer.from(given).toString('hex');
      expect([hex, read(() => byOurs(given))]).toEqual([hex, read(() => byLibrary(given))]);
    }
  });

  it.each([
    ['data twice', '0a000a00'],
    ['data between links', '12060a0401550000' + '0a00' + '12060a0401550000'],
    ['a link without a CID', '12021200'],
    ['a name before the CID', '120812000a0401550000'],
    ['a size twice', '120a0a0401550000180118' + '01'],
    ['an unknown field', '1a00'],
    ['a number of eleven bytes', '0affffffffffffffffffff01'],
    ['a length beyond its end', '0a05'],
  ])('is refused with %s', (_name, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(read(() => byLibrary(bytes))).toBeNull();
    expect(read(() => byOurs(bytes))).toBeNull();
  });

  it('finds the first link of a name as one does who reads all of them', () => {
    const leaf = cidOf(RAW, randomBytes(3)).bytes;
    const link = (name: Buffer | null) => {
      const field = name === null ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x12, name.length]), name]);
      const body = Buffer.concat([Buffer.from([0x0a, leaf.length]), leaf, field]);
      return Buffer.concat([Buffer.from([0x12, body.length]), body]);
    };
    // With names that read otherwise than they are written: a mark in front, and bytes that are no UTF-8.
    const written = [null, '', 'a', 'ab', 'grüße', '\uFEFFa', '\uFFFD'].map((name) =>
      name === null ? null : Buffer.from(name),
    );
    const names = [...written, Buffer.from([0xff]), Buffer.from([0x61, 0xc3])];
    for (let round = 0; round < 500; round++) {
      const node = atOnce(DagPbNode.read(Buffer.concat(Array.from({ length: 6 }, () => link(pick(...names))))));
      const wanted = [pick('', 'a', 'ab', 'b', 'grüße', '\uFEFFa', '\uFFFD', 'a\uFFFD'), pick('ab', 'nothing')];
      const byReading = Array.from({ length: 6 }, (_, at) => node.nameAt(at)).findIndex((name) =>
        wanted.includes(name),
      );
      expect([wanted, atOnce(node.indexOfName(wanted))]).toEqual([wanted, byReading]);
    }
  });

  it('knows the most bytes that a CID in it carries', () => {
    const bytes = dagPb.encode(dagPb.prepare({ Links: [inline(3), inline(130), cidOf(RAW, randomBytes(3))] }));
    expect(atOnce(DagPbNode.read(bytes)).longestIdentity).toBe(130);
  });
});

describe('a UnixFS message', () => {
  it('says what its library says of it', () => {
    for (let round = 0; round < 300; round++) {
      const type = pick('file', 'raw', 'directory', 'symlink', 'hamt-sharded-directory', 'metadata');
      const blockSizes = Array.from({ length: pick(0, 1, 40) }, () => BigInt(pick(0, 1, 300, 2 ** 45)));
      const data = randomBytes(pick(1, 300));
      const bytes = new UnixFS({ type, data, blockSizes, fanout: 256n, hashType: 0x22n, mode: 0o600 }).marshal();
      const ours = atOnce(readUnixfsData(bytes));
      expect({ ...ours, data: [...ours.data], blockSizes: [...ours.blockSizes] }).toEqual({
        type: type === 'hamt-sharded-directory' ? 'shard' : type,
        data: [...data],
        blockSizes: blockSizes.map(Number),
        hashType: 0x22,
        fanout: 256,
      });
    }
  });

  it.each([
    ['a type that there is not', '0809'],
    ['half a number', '2080'],
    ['data beyond its end', '0802120500'],
    ['a wire type that there is not', '0f'],
  ])('is refused with %s', (_name, hex) => {
    expect(read(() => atOnce(readUnixfsData(Buffer.from(hex, 'hex'))))).toBeNull();
  });
});
