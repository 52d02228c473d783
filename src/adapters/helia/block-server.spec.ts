import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { PeerId, Stream } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { BlockMap } from '../../network/testing/block-map.js';
import { BlockServer, type Wantlist } from './block-server.js';

const MIB = 1024 ** 2;
const PEER: PeerId = peerIdFromString('12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf');

/** Takes what is written, as slowly as told. */
class Line {
  readonly streams: Buffer[] = [];
  open = 0;
  delayMs = 0;
  broken = false;

  stream = (): Promise<Stream> => {
    if (this.broken) return Promise.reject(new Error('hung up'));
    this.open += 1;
    const parts: Uint8Array[] = [];
    const fake = {
      closeRead: () => Promise.resolve(),
      send: (part: Uint8Array) => {
        parts.push(Buffer.from(part));
        return true;
      },
      onDrain: () => Promise.resolve(),
      close: async () => {
        await sleep(this.delayMs);
        this.open -= 1;
        this.streams.push(Buffer.concat(parts));
      },
      abort: () => undefined,
    };
    return Promise.resolve(fake as unknown as Stream);
  };

  has(bytes: Uint8Array): boolean {
    return this.streams.some((stream) => stream.includes(Buffer.from(bytes)));
  }

  async settled(): Promise<void> {
    for (let before = -1; before !== this.streams.length || this.open > 0; await sleep(20 + this.delayMs))
      before = this.streams.length;
  }
}

async function setUp() {
  const blocks = new BlockMap();
  const line = new Line();
  const sent: number[] = [];
  const server = new BlockServer({ blocks, openStream: line.stream, onSent: (bytes) => sent.push(bytes) });
  const put = async (size: number) => {
    const bytes = randomBytes(size);
    return { bytes, cid: blocks.put(CID.createV1(raw.code, await sha256.digest(bytes)), bytes) };
  };
  const want = (...cids: CID[]): Wantlist => ({ entries: cids.map((cid) => ({ cid: cid.bytes, priority: 1 })) });
  return { blocks, line, sent, server, put, want };
}

describe('the bitswap server', () => {
  it('sends a long wantlist in batches: no more than three mebibytes are in memory, however much is wanted', async () => {
    const { line, server, put, want, sent } = await setUp();
    const all = await Promise.all(Array.from({ length: 30 }, () => put(MIB)));
    server.receive(PEER, want(...all.map(({ cid }) => cid)));
    await line.settled();
    expect(all.every(({ bytes }) => line.has(bytes))).toBe(true);
    expect(Math.max(...sent)).toBeLessThanOrEqual(3 * MIB);
    expect(sent.reduce((sum, bytes) => sum + bytes, 0)).toBe(30 * MIB);
  });

  it('answers a want again when the peer asks again, but not one that is on its way', async () => {
    const { line, server, put, want } = await setUp();
    const { cid } = await put(1_000);
    line.delayMs = 50;
    server.receive(PEER, want(cid));
    await sleep(20);
    server.receive(PEER, want(cid));
    await line.settled();
    expect(line.streams).toHaveLength(1);
    server.receive(PEER, want(cid));
    await line.settled();
    expect(line.streams).toHaveLength(2);
  });

  it('says what it has and has not to who asks only that, and sends small blocks at once', async () => {
    const { line, server, put } = await setUp();
    const [large, small] = [await put(2_000), await put(500)];
    const missing = CID.createV1(raw.code, await sha256.digest(randomBytes(8)));
    const ask = (cid: CID, sendDontHave: boolean) => ({
      cid: cid.bytes,
      priority: 1,
      wantType: 'WantHave',
      sendDontHave,
    });
    server.receive(PEER, { entries: [ask(large.cid, true), ask(small.cid, true), ask(missing, true)] });
    await line.settled();
    expect(line.has(large.bytes)).toBe(false);
    expect(line.has(small.bytes)).toBe(true);
    // The presence's own bytes: the CID, then the type.
    expect(line.has(Buffer.concat([large.cid.bytes, Buffer.from([0x10, 0])]))).toBe(true);
    expect(line.has(Buffer.concat([missing.bytes, Buffer.from([0x10, 1])]))).toBe(true);
    server.receive(PEER, { entries: [ask(missing, false)] });
    await line.settled();
    expect(line.streams).toHaveLength(1);
  });

  it('leaves out what was cancelled before its turn', async () => {
    const { line, server, put, want } = await setUp();
    const all = await Promise.all(Array.from({ length: 8 }, () => put(MIB)));
    const last = all.at(-1)!;
    line.delayMs = 30;
    server.receive(PEER, want(...all.map(({ cid }) => cid)));
    await sleep(10);
    server.receive(PEER, { entries: [{ cid: last.cid.bytes, priority: 1, cancel: true }] });
    await line.settled();
    expect(line.has(all[0]!.bytes)).toBe(true);
    expect(line.has(last.bytes)).toBe(false);
  });

  it('forgets the wants of a peer that hung up, and begins anew with its next message', async () => {
    const { line, server, put, want } = await setUp();
    const { cid, bytes } = await put(100);
    line.broken = true;
    server.receive(PEER, want(cid));
    await sleep(20);
    line.broken = false;
    server.receive(PEER, want(cid));
    await line.settled();
    expect(line.has(bytes)).toBe(true);
  });
});
