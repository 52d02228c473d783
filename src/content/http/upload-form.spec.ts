import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/until.js';
import { readUploadForm, type UploadForm } from './upload-form.js';

const MOST = 100;

function requestOf(body: string | PassThrough): IncomingMessage {
  const request = typeof body === 'string' ? new PassThrough() : body;
  if (typeof body === 'string') request.end(body);
  return Object.assign(request, {
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  }) as unknown as IncomingMessage;
}

/** A byte in each part. */
function inBytes(body: string): PassThrough {
  const request = new PassThrough();
  for (const byte of Buffer.from(body)) request.write(Buffer.of(byte));
  return request.end();
}

const part = (head: string, value: string): string =>
  `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
const file = (path: string, text: string): string => part(`name="data"; filename="${path}"`, text);
const field = (name: string, value: string): string => part(`name="${name}"`, value);

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const one of bytes) parts.push(one);
  return Buffer.concat(parts).toString();
}

async function filesOf(form: UploadForm): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { path, bytes } of form.files) files[path ?? ''] = await textOf(bytes);
  return files;
}

describe('a form', () => {
  it('gives its file, and all its fields once it has ended', async () => {
    const form = readUploadForm(requestOf(`${file('a', 'whole')}${field('replication', '3')}--x--\r\n`), MOST);
    expect([await filesOf(form), form.fields]).toEqual([{ a: 'whole' }, { replication: '3' }]);
  });

  it('gives file after file with the paths that they were sent with, folders beside them, and drops other files', async () => {
    const body = [
      file('a/b/c.txt', 'one'),
      part('name="thumbnail"; filename="t"', 'dropped'),
      field('dir', 'a/empty/'),
      file('a/ü.txt', ''),
      field('dir', 'b'),
      file('../up', 'three'),
    ];
    const form = readUploadForm(requestOf(`${body.join('')}--x--\r\n`), MOST);
    expect(await filesOf(form)).toEqual({ 'a/b/c.txt': 'one', 'a/ü.txt': '', '../up': 'three' });
    expect(form.directories).toEqual(['a/empty/', 'b']);
  });

  it.each([
    ['nothing', ''],
    ['noise', 'noise'],
    ['half a file', `--x\r\nContent-Disposition: form-data; name="data"; filename="a"\r\n\r\nhalf`],
    ['a file and half of another', `${file('a', 'x')}--x\r\nContent-Disposition: form-data; name="data"; filename="b"`],
  ])('of %s fails whoever reads it, however late', async (_name, body) => {
    const form = readUploadForm(requestOf(body), MOST);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(filesOf(form)).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
  });

  it('with a field that has no name is refused', async () => {
    const form = readUploadForm(requestOf(`${file('a', 'x')}${part('filename', 'y')}--x--\r\n`), MOST);
    await expect(filesOf(form)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringContaining('no name'),
    });
  });

  it('that nobody reads to its end lets go of its request', async () => {
    const body = new PassThrough();
    const form = readUploadForm(requestOf(body), MOST);
    body.write(file('a', 'x'.repeat(10_000)));
    body.write(file('b', 'y'));
    const files = form.files[Symbol.asyncIterator]();
    await files.next();
    await files.return?.();
    body.end('the rest');
    await until(() => body.readableEnded);
  });

  it('of very many small files makes the sender wait while nobody reads', async () => {
    const body = new PassThrough();
    const form = readUploadForm(requestOf(body), 10_000);
    for (let at = 0; at < 2_000; at++) body.write(file(`${at}`, 'x'.repeat(1_000)));
    body.end('--x--\r\n');
    await until(() => body.isPaused());
    expect(body.readableLength).toBeGreaterThan(0);
    expect(Object.keys(await filesOf(form))).toHaveLength(2_000);
  });
});

describe('a form of very many', () => {
  const many = (count: number, one: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => one(at)).join('');

  it.each([
    ['fields', /at most \d+ fields/, () => many(65, (at) => field(`f${at}`, '1'))],
    ['files', /at most \d+ files/, () => many(17, (at) => part(`name="f${at}"; filename="f"`, '1'))],
    ['stray parts', /at most \d+ parts/, () => many(400, () => '--x\r\nA: b\r\n\r\n1\r\n')],
    ['bytes in a field', /at most \d+ bytes/, () => field('long', 'x'.repeat(70_000))],
    ['files and folders', /at most 100 files/, () => many(60, (at) => file(`${at}`, '') + field('dir', `d${at}`))],
  ])('%s is refused by its number, before or behind a file', async (_name, words, make) => {
    for (const body of [`${make()}${file('a', 'x')}`, `${file('a', 'x')}${make()}`])
      await expect(filesOf(readUploadForm(requestOf(`${body}--x--\r\n`), MOST))).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(INVALID_INPUT|TOO_MANY_ENTRIES)$/),
        message: expect.stringMatching(words),
      });
  });

  const headers = (count: number, value = '1') => many(count, (at) => `X-${at}: ${value}\r\n`);
  const headed = (head: string, more: string): string =>
    `--x\r\n${more}Content-Disposition: form-data; ${head}\r\n\r\n3\r\n`;
  const whole = file('a', 'whole');

  it.each([
    ['headers of a field', 'headers', () => headed('name="replication"', headers(100)) + whole],
    ['headers of a field behind the file', 'headers', () => whole + headed('name="replication"', headers(100))],
    ['headers of its file', 'headers', () => headed('name="data"; filename="a"', headers(100))],
    ['headers of a part that is neither', 'headers', () => `--x\r\n${headers(101)}\r\n1\r\n${whole}`],
    ['bytes of headers', 'bytes of headers', () => headed('name="replication"', headers(20, 'y'.repeat(900))) + whole],
    [
      'bytes in one header',
      'bytes of headers',
      () => headed('name="data"; filename="a"', headers(1, 'y'.repeat(17_000))),
    ],
    ['bytes in the name of its file', 'bytes of headers', () => file('y'.repeat(17_000), '1')],
    ['bytes of headers that do not end', 'bytes of headers', () => `--x\r\nX: ${'y'.repeat(17_000)}`],
  ])('%s is refused: none of them is dropped unseen', async (_name, word, make) => {
    const text = `${make()}--x--\r\n`;
    for (const request of [requestOf(text), requestOf(inBytes(text))])
      await expect(filesOf(readUploadForm(request, MOST))).rejects.toMatchObject({
        code: 'ERR_INVALID_INPUT',
        message: expect.stringMatching(new RegExp(`at most \\d+ ${word} in a part`)),
      });
  });

  it('headers, and no more than there may be, is read with all of them', async () => {
    const some = headers(98, 'y'.repeat(100));
    const text = `${many(5, (at) => headed(`name="f${at}"`, some))}${headed('name="data"; filename="a"', some)}--x--\r\n`;
    for (const request of [requestOf(text), requestOf(inBytes(text))]) {
      const form = readUploadForm(request, MOST);
      expect([await filesOf(form), Object.keys(form.fields)]).toEqual([{ a: '3' }, ['f0', 'f1', 'f2', 'f3', 'f4']]);
    }
  });

  it('characters in the name of a field is refused', async () => {
    const form = readUploadForm(requestOf(`${field('n'.repeat(257), '1')}${whole}--x--\r\n`), MOST);
    await expect(filesOf(form)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringContaining('at most 256 characters'),
    });
  });

  it('bytes, each a part of the body, is read as another', async () => {
    const request = new PassThrough();
    const form = readUploadForm(requestOf(request), MOST);
    const reading = filesOf(form);
    const text = `${field('replication', '3')}${file('a', 'x'.repeat(20_000))}--x--\r\n`;
    for (const byte of Buffer.from(text)) request.write(Buffer.of(byte));
    request.end();
    expect([await reading, form.fields]).toEqual([{ a: 'x'.repeat(20_000) }, { replication: '3' }]);
  });
});
