import { describe, expect, it } from '@jest/globals';
import { importer, type ImporterOptions } from 'ipfs-unixfs-importer';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';
import { chunksOf, detachBuffers, FileDag, type ImportProfile, importProfiles } from './file-dag.js';

const MIB = 1024 * 1024;
const v1 = importProfiles['unixfs-v1-2025'];
const v0 = importProfiles['unixfs-v0-2015'];

/** Bytes that anybody can make again: byte i is (i * 31 + (i >> 8) * 7) mod 256. */
function pattern(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 7) & 0xff;
  return bytes;
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function rootOf(
  bytes: Buffer,
  profile: ImportProfile,
  pieces = 65_536,
): Promise<{ cid: string; blocks: number }> {
  const file = new FileDag(profile);
  let blocks = 0;
  for await (const { parts, length } of chunksOf(inPieces(bytes, pieces), profile.chunkBytes))
    blocks += [...file.leaf(parts, length)].length;
  const rest = file.finish();
  for (;;) {
    const step = rest.next();
    if (step.done) return { cid: step.value.toString(), blocks };
    blocks += 1;
  }
}

/** The reference implementation in JavaScript, set up as the profile says. */
async function oracle(bytes: Buffer, profile: ImportProfile): Promise<string> {
  const nowhere = { put: (cid: unknown) => Promise.resolve(cid) };
  const options: ImporterOptions = {
    rawLeaves: profile.rawLeaves,
    cidVersion: profile.rawLeaves ? 1 : 0,
    chunker: fixedSize({ chunkSize: profile.chunkBytes }),
    layout: balanced({ maxChildrenPerNode: profile.width }),
    reduceSingleLeafToSelf: true,
    leafType: 'file',
  };
  let root = '';
  for await (const entry of importer([{ content: bytes }], nowhere as never, options)) root = entry.cid.toString();
  return root;
}

describe('a file becomes the DAG that its profile names', () => {
  // Kubo: `ipfs add --cid-version=1 --raw-leaves --chunker=size-1048576 --max-file-links=1024`, and plain `ipfs add` of
  // an empty file.
  it.each([
    ['an empty file', 0, 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
    ['one byte', 1, 'bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu'],
  ])('%s has the CID that Kubo gives it', async (_name, size, expected) => {
    expect((await rootOf(Buffer.alloc(size), v1)).cid).toBe(expected);
  });

  it('an empty file in the old profile is the empty file that every Kubo knows', async () => {
    expect((await rootOf(Buffer.alloc(0), v0)).cid).toBe('QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH');
  });

  it.each([0, 1, 5, MIB - 1, MIB, MIB + 1, 3 * MIB + 17])(
    '%i bytes agree with the reference implementation in both profiles',
    async (size) => {
      const bytes = pattern(size);
      expect((await rootOf(bytes, v1)).cid).toBe(await oracle(bytes, v1));
      expect((await rootOf(bytes, v0)).cid).toBe(await oracle(bytes, v0));
    },
  );

  it.each([1, 3, 4, 5, 15, 16, 17, 63, 64, 65, 257])(
    '%i leaves agree with the reference implementation, whatever the depth',
    async (leaves) => {
      const narrow = (profile: ImportProfile): ImportProfile => ({ ...profile, chunkBytes: 100, width: 4 });
      const bytes = pattern(leaves * 100 - 7);
      for (const profile of [narrow(v1), narrow(v0)])
        expect((await rootOf(bytes, profile)).cid).toBe(await oracle(bytes, profile));
    },
  );

  it('how the network cut the bytes does not matter', async () => {
    const bytes = pattern(2 * MIB + 5);
    const cids = await Promise.all([1000, 65_536, MIB, MIB + 1, 5 * MIB].map((pieces) => rootOf(bytes, v1, pieces)));
    expect(new Set(cids.map(({ cid }) => cid)).size).toBe(1);
  });
});

describe('a stream is cut into chunks', () => {
  async function* buffers(...sizes: number[]): AsyncGenerator<Uint8Array> {
    let next = 0;
    for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ % 251);
  }

  it.each([
    [[], []],
    [[3], [3]],
    [[4], [4]],
    [
      [4, 4],
      [4, 4],
    ],
    [
      [1, 1, 1, 1, 1],
      [4, 1],
    ],
    [[10], [4, 4, 2]],
    [
      [0, 5, 0, 3],
      [4, 4],
    ],
  ])('of buffers %j into %j, with nothing lost and nothing copied', async (sizes, chunks) => {
    const given: Uint8Array[] = [];
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const buffer of buffers(...sizes)) {
        given.push(buffer);
        yield buffer;
      }
    }
    const found = [];
    for await (const chunk of chunksOf(watched(), 4)) found.push(chunk);
    expect(found.map(({ length }) => length)).toEqual(chunks);
    const bytes = found.flatMap(({ parts }) => parts);
    expect(Buffer.concat(bytes).equals(Buffer.concat(given))).toBe(true);
    for (const { buffer } of bytes) expect(given.some((whole) => whole.buffer === buffer)).toBe(true);
    // Each buffer ends in one chunk, where it may be detached.
    expect(found.flatMap(({ ended }) => ended)).toEqual(given.filter(({ length }) => length > 0));
  });

  it('whose buffers are detached when nobody needs them, those that share their memory excepted', () => {
    const own = new Uint8Array(100);
    const shared = new Uint8Array(100).subarray(10);
    detachBuffers([own, shared]);
    expect([own.length, shared.length]).toEqual([0, 90]);
  });
});
