import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readUploadForm } from './upload-body.js';

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
