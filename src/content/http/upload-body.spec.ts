import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { bodySource } from './upload-body.js';

const aWhile = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('a body', () => {
  /** A request that is complete once its stream has ended, as Node's are. */
  function bodyOf(request = new PassThrough()): { request: PassThrough; message: IncomingMessage } {
    const message = Object.assign(request, { complete: false });
    request.on('end', () => {
      message.complete = true;
    });
    return { request, message: message as unknown as IncomingMessage };
  }

  it('comes buffer by buffer as the parser made them, small ones together', async () => {
    const { request, message } = bodyOf();
    const large = [5_000, 70_000].map((length) => Buffer.alloc(length));
    for (const bytes of ['a', 'bc', ...large, 'def']) request.write(bytes);
    request.end();
    const found: Uint8Array[] = [];
    for await (const bytes of bodySource(message)) found.push(bytes);
    expect(found).toEqual([Buffer.from('abc'), ...large, Buffer.from('def')]);
    expect([found[1] === large[0], found[2] === large[1]]).toEqual([true, true]);
  });

  it('in parts of a byte is handed on in pieces of kilobytes, however eagerly it is read', async () => {
    const { request, message } = bodyOf();
    const pieces: number[] = [];
    const reading = (async () => {
      for await (const { length } of bodySource(message)) pieces.push(length);
    })();
    for (let byte = 0; byte < 50_000; byte++) {
      request.write('x');
      if (byte % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    request.end();
    await reading;
    expect(pieces.reduce((sum, length) => sum + length, 0)).toBe(50_000);
    expect(pieces.length).toBeLessThan(10);
  });

  it('that breaks off fails, after what had come', async () => {
    const { request, message } = bodyOf();
    const source = bodySource(message);
    request.write('half');
    const first = source.next();
    await aWhile();
    request.destroy();
    expect(Buffer.from((await first).value as Uint8Array).toString()).toBe('half');
    await expect(source.next()).rejects.toThrow('before the body did');
  });

  it('makes the sender wait while nobody reads it, and go on when somebody does', async () => {
    const { request, message } = bodyOf();
    const source = bodySource(message);
    request.write(Buffer.alloc(10_000));
    await source.next();
    for (let piece = 0; piece < 3; piece++) request.write(Buffer.alloc(600 * 1024));
    await aWhile();
    expect(request.isPaused()).toBe(true);
    request.end();
    let bytes = 0;
    for await (const part of source) bytes += part.length;
    expect(bytes).toBe(3 * 600 * 1024);
  });

  it('that is not read to its end is let run into nothing: the answer still has to go out', async () => {
    const { request, message } = bodyOf();
    const source = bodySource(message);
    request.write(Buffer.alloc(10_000));
    await source.next();
    await source.return(undefined);
    request.end('the rest');
    await aWhile();
    expect(request.readableEnded).toBe(true);
  });
});
