import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { bodySource, readUploadForm } from './upload-body.js';

const PART = 'Content-Disposition: form-data; name="data"; filename="a"\r\n\r\n';

function requestOf(body: string): IncomingMessage {
  const request = new PassThrough();
  request.end(body);
  return Object.assign(request, {
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  }) as unknown as IncomingMessage;
}

async function textOf(file: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of file) parts.push(part);
  return Buffer.concat(parts).toString();
}

const aWhile = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('a form', () => {
  it('gives its file, and all its fields once that has ended', async () => {
    const form = await readUploadForm(
      requestOf(
        `--x\r\n${PART}whole\r\n--x\r\nContent-Disposition: form-data; name="replication"\r\n\r\n3\r\n--x--\r\n`,
      ),
    );
    expect([await textOf(form.file), form.filename, form.fields]).toEqual(['whole', 'a', { replication: '3' }]);
  });

  // An error event that nobody listens to ends the whole process.
  it('that is torn before anybody reads its file fails whoever reads it then, and nobody else', async () => {
    const { file } = await readUploadForm(requestOf(`--x\r\n${PART}half`));
    await aWhile();
    await expect(textOf(file)).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
  });

  it.each([
    ['nothing', ''],
    ['noise', 'noise'],
    ['no file', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'],
  ])('of %s is refused', async (_name, body) => {
    await expect(readUploadForm(requestOf(body))).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
    await aWhile();
  });
});

describe('a body', () => {
  /** A request that is complete once its stream has ended, as Node's are. */
  function bodyOf(request = new PassThrough()): { request: PassThrough; message: IncomingMessage } {
    const message = Object.assign(request, { complete: false });
    request.on('end', () => {
      message.complete = true;
    });
    return { request, message: message as unknown as IncomingMessage };
  }

  it('comes buffer by buffer as the parser made them', async () => {
    const { request, message } = bodyOf();
    const sent = ['a', 'bc', 'def'].map((text) => Buffer.from(text));
    for (const bytes of sent) request.write(bytes);
    request.end();
    const found: Uint8Array[] = [];
    for await (const bytes of bodySource(message)) found.push(bytes);
    expect(found).toEqual(sent);
  });

  it('that breaks off fails, after what had come', async () => {
    const { request, message } = bodyOf();
    const source = bodySource(message);
    request.write('half');
    expect(Buffer.from((await source.next()).value as Uint8Array).toString()).toBe('half');
    const next = source.next();
    request.destroy();
    await expect(next).rejects.toThrow('before the body did');
  });

  it('makes the sender wait while nobody reads it, and go on when somebody does', async () => {
    const { request, message } = bodyOf();
    const source = bodySource(message);
    request.write(Buffer.alloc(10));
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
    request.write('some');
    await source.next();
    await source.return(undefined);
    request.end('the rest');
    await aWhile();
    expect(request.readableEnded).toBe(true);
  });
});
