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

/** The same, a byte in each part. */
function requestInBytes(body: string): IncomingMessage {
  const request = new PassThrough();
  for (const byte of Buffer.from(body)) request.write(Buffer.of(byte));
  request.end();
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

describe('a form of very many', () => {
  const part = (head: string, value: string): string =>
    `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
  const many = (count: number, one: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => one(at)).join('');
  const file = part('name="data"; filename="a"', 'whole');

  it.each([
    ['fields', 'fields', () => many(65, (at) => part(`name="f${at}"`, '1')) + file],
    ['files', 'files', () => many(17, (at) => part(`name="f${at}"; filename="f"`, '1')) + file],
    ['parts that are neither', 'parts', () => many(97, () => '--x\r\nA: b\r\n\r\n1\r\n') + file],
    ['bytes in a field', 'bytes', () => part('name="long"', 'x'.repeat(70_000)) + file],
  ])('%s is refused by its number, before the file', async (_name, word, make) => {
    await expect(readUploadForm(requestOf(`${make()}--x--\r\n`))).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(new RegExp(`at most \\d+ ${word}`)),
    });
  });

  const headers = (count: number, value = '1') => many(count, (at) => `X-${at}: ${value}\r\n`);
  const headed = (head: string, more: string): string =>
    `--x\r\n${more}Content-Disposition: form-data; ${head}\r\n\r\n3\r\n`;

  it.each([
    ['headers of a field', 'headers', () => headed('name="replication"', headers(100)) + file],
    ['headers of its file', 'headers', () => headed('name="data"; filename="a"', headers(100))],
    ['headers of a part that is neither', 'headers', () => `--x\r\n${headers(101)}\r\n1\r\n${file}`],
    ['bytes of headers', 'bytes of headers', () => headed('name="replication"', headers(20, 'y'.repeat(900))) + file],
    [
      'bytes in one header',
      'bytes of headers',
      () => headed('name="data"; filename="a"', headers(1, 'y'.repeat(17_000))),
    ],
    [
      'bytes in the name of its file',
      'bytes of headers',
      () => part(`name="data"; filename="${'y'.repeat(17_000)}"`, '1'),
    ],
    ['bytes of headers that do not end', 'bytes of headers', () => `--x\r\nX: ${'y'.repeat(17_000)}`],
  ])('%s is refused: none of them is dropped unseen', async (_name, word, make) => {
    const text = `${make()}--x--\r\n`;
    const refusal = {
      code: 'ERR_INVALID_INPUT',
      message: expect.stringMatching(new RegExp(`at most \\d+ ${word} in a part`)),
    };
    await expect(readUploadForm(requestOf(text))).rejects.toMatchObject(refusal);
    await expect(readUploadForm(requestInBytes(text))).rejects.toMatchObject(refusal);
  });

  it('headers behind the file is refused, when the file is being read at the latest', async () => {
    const text = `${file}${headed('name="replication"', headers(100))}--x--\r\n`;
    for (const request of [requestOf, requestInBytes]) {
      const reading = readUploadForm(request(text)).then((form) => textOf(form.file));
      await expect(reading).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
    }
  });

  it('headers, and no more than there may be, is read with all of them', async () => {
    const some = headers(98, 'y'.repeat(100));
    for (const request of [requestOf, requestInBytes]) {
      const form = await readUploadForm(
        request(
          `${many(5, (at) => headed(`name="f${at}"`, some))}${headed('name="data"; filename="a"', some)}--x--\r\n`,
        ),
      );
      expect([await textOf(form.file), Object.keys(form.fields)]).toEqual(['3', ['f0', 'f1', 'f2', 'f3', 'f4']]);
    }
  });

  it('characters in the name of a field is refused', async () => {
    await expect(
      readUploadForm(requestOf(`${part(`name="${'n'.repeat(257)}"`, '1')}${file}--x--\r\n`)),
    ).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT', message: expect.stringContaining('at most 256 characters') });
  });

  it('fields behind the file is refused while that is read', async () => {
    const fields = many(65, (at) => part(`name="f${at}"`, '1'));
    const form = await readUploadForm(requestOf(`${file}${fields}--x--\r\n`));
    await expect(textOf(form.file)).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
  });

  it('bytes, each a part of the body, is read as another', async () => {
    const text = `${part('name="replication"', '3')}${part('name="data"; filename="a"', 'x'.repeat(20_000))}--x--\r\n`;
    const request = new PassThrough();
    const message = Object.assign(request, { headers: { 'content-type': 'multipart/form-data; boundary=x' } });
    const reading = readUploadForm(message as unknown as IncomingMessage);
    for (const byte of Buffer.from(text)) request.write(Buffer.of(byte));
    request.end();
    const form = await reading;
    expect([await textOf(form.file), form.fields]).toEqual(['x'.repeat(20_000), { replication: '3' }]);
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
