import { describe, expect, it } from '@jest/globals';
import { assertWithin, bounded, contentName, incomingBytesLimit } from './upload.js';

describe('the name of a content', () => {
  it.each([
    ['cat.jpg', 'cat.jpg'],
    ['C:\\Users\\me\\cat.jpg', 'cat.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['a\u0000b\nc\u001b[31m', 'abc[31m'],
    ['\ud800broken', '\ufffdbroken'],
    ['Ünïcödé 猫.png', 'Ünïcödé 猫.png'],
    ['', 'the CID'],
    [undefined, 'the CID'],
    ['dir/', 'the CID'],
  ])('%j is kept as %j', (given, kept) => {
    expect(contentName(given, 'the CID')).toBe(kept);
  });

  it('has at most 1,024 bytes, cut between characters', () => {
    const name = contentName('猫'.repeat(2000), '');
    expect(Buffer.byteLength(name)).toBe(1023);
    expect(name).toBe('猫'.repeat(341));
  });
});

describe('the bytes of an upload', () => {
  const bounds = { limit: 100, left: null };

  async function* source(...sizes: number[]): AsyncGenerator<Uint8Array> {
    for (const size of sizes) yield new Uint8Array(size);
  }

  async function read(stream: AsyncIterable<Uint8Array>): Promise<number[]> {
    const sizes: number[] = [];
    for await (const bytes of stream) sizes.push(bytes.length);
    return sizes;
  }

  it('pass as they are, up to the limit and not one further', async () => {
    expect(await read(bounded(source(60, 0, 40), bounds))).toEqual([60, 0, 40]);
    await expect(read(bounded(source(60, 41), bounds))).rejects.toMatchObject({
      code: 'ERR_CONTENT_SIZE_OVER_LIMIT',
      details: { limit: 100 },
    });
  });

  it('pass up to what the quota leaves, which is said before the limit', async () => {
    expect(await read(bounded(source(5, 5), { limit: 100, left: 10 }))).toEqual([5, 5]);
    await expect(read(bounded(source(500), { limit: 100, left: 10 }))).rejects.toMatchObject({
      code: 'ERR_QUOTA_EXCEEDED',
      details: { left: 10 },
    });
    expect(() => assertWithin(1, { limit: 100, left: 0 })).toThrow('0 more bytes');
  });

  it('may be more than the quota on the way in where nodes and headers come with them', () => {
    const incoming = incomingBytesLimit(80);
    expect(incoming).toBe(80 + 10 + 65_536);
    expect(() => assertWithin(incoming, { limit: 2 ** 40, left: 80, incoming })).not.toThrow();
    expect(() => assertWithin(incoming + 1, { limit: 2 ** 40, left: 80, incoming })).toThrow('80 more bytes');
  });

  it('that break off are an upload that was aborted, with what had come', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(7);
      throw new Error('ECONNRESET');
    }
    await expect(read(bounded(broken(), bounds))).rejects.toMatchObject({
      code: 'ERR_UPLOAD_ABORTED',
      details: { bytes: 7 },
      cause: { message: 'ECONNRESET' },
    });
  });

  it('are not read further once the reader has stopped', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(1);
      } finally {
        closed = true;
      }
    }
    for await (const bytes of bounded(endless(), bounds)) if (bytes.length === 1) break;
    expect(closed).toBe(true);
  });
});
