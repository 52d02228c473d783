import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import { appendFile, readdir, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { Upload } from 'tus-js-client';
import { until } from '../../../test/support/until.js';
import { contentNode, type ContentNode, type TestUser } from '../testing/content-app.js';
import { Client } from '../testing/uploads.js';
import { PartialUploads } from '../verbs/partial-uploads.js';

const MIB = 1024 * 1024;
const TUS = { 'tus-resumable': '1.0.0' };
const BYTES = { ...TUS, 'content-type': 'application/offset+octet-stream' };

interface Answered {
  status: number;
  headers: Headers;
  reason: string | undefined;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a resumable upload', () => {
  let node: ContentNode;
  let alice: Client;
  beforeAll(async () => {
    node = await contentNode({ CONTENT_SIZE_LIMIT: String(16 * MIB) });
    alice = new Client(node, node.alice);
  }, 60_000);
  afterAll(() => node.close());

  async function send(
    method: string,
    where: string,
    headers: Record<string, string> = TUS,
    body?: Uint8Array,
    user: TestUser | null = node.alice,
  ): Promise<Answered> {
    const response = await fetch(`${node.url}${where}`, {
      method,
      headers: { ...(user ? { authorization: `Bearer ${user.key}` } : {}), ...headers },
      ...(body ? { body: Buffer.from(body) } : {}),
    });
    const text = await response.text();
    const { error } = (text.startsWith('{') ? JSON.parse(text) : {}) as { error?: { reason: string } };
    return { status: response.status, headers: response.headers, reason: error?.reason };
  }

  async function begin(length: number, more: Record<string, string> = {}): Promise<string> {
    const { status, headers } = await send('POST', '/content/tus', {
      ...TUS,
      'upload-length': String(length),
      ...more,
    });
    expect(status).toBe(201);
    return headers.get('location') ?? '';
  }

  const patch = (where: string, offset: number, bytes: Uint8Array, more: Record<string, string> = {}) =>
    send('PATCH', where, { ...BYTES, 'upload-offset': String(offset), ...more }, bytes);

  const offsetOf = async (where: string): Promise<number> =>
    Number((await send('HEAD', where)).headers.get('upload-offset'));

  const idOf = (where: string): string => where.split('/').at(-1) ?? '';

  async function stored(where: string) {
    return (await alice.get<{ cid: string; estuaryId: number }>(`${where}/content`)).body;
  }

  const sizeOf = async (where: string): Promise<number> =>
    (await stat(path.join(node.dataDir, 'uploads', idOf(where))).catch(() => ({ size: 0 }))).size;

  const files = async (): Promise<string[]> => readdir(path.join(node.dataDir, 'uploads'));

  it('in several requests is the content that it is in one, under its name', async () => {
    const bytes = randomBytes(3 * MIB + 17);
    const where = await begin(bytes.length, {
      'upload-metadata': `filename ${base64('ä.bin')},mine,replication ${base64('3')}`,
    });
    const first = await patch(where, 0, bytes.subarray(0, MIB));
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, String(MIB)]);
    expect(new Date(first.headers.get('upload-expires') ?? '').getTime()).toBeGreaterThan(Date.now());
    const head = await send('HEAD', where);
    expect(head.headers.get('upload-length')).toBe(String(bytes.length));
    expect(head.headers.get('upload-metadata')).toContain('filename');
    expect(head.headers.get('cache-control')).toBe('no-store');
    const early = await alice.get(`${where}/content`);
    expect([early.status, early.body.error?.reason]).toEqual([409, 'ERR_UPLOAD_INCOMPLETE']);
    const last = await patch(where, MIB, bytes.subarray(MIB));
    const { cid, estuaryId } = await stored(where);
    expect(last.status).toBe(204);
    expect(last.headers.get('upload-content-cid')).toBe(cid);
    expect(last.headers.get('upload-content-id')).toBe(String(estuaryId));
    expect((await alice.put(bytes)).body.cid).toBe(cid);
    expect((await alice.get(`/content/${estuaryId}`)).body).toMatchObject({ name: 'ä.bin', replication: 3 });
    expect(await files()).not.toContain(idOf(where));
    // Asked for again, nothing is stored again.
    expect((await patch(where, bytes.length, new Uint8Array())).headers.get('upload-content-cid')).toBe(cid);
    expect((await stored(where)).estuaryId).toBe(estuaryId);
  });

  it('goes on where a connection broke off', async () => {
    const bytes = randomBytes(6 * MIB);
    const where = await begin(bytes.length);
    const sending = request(`${node.url}${where}`, {
      method: 'PATCH',
      headers: {
        ...BYTES,
        authorization: `Bearer ${node.alice.key}`,
        'upload-offset': 0,
        'content-length': bytes.length,
      },
    });
    sending.on('error', () => undefined);
    sending.write(bytes.subarray(0, 3 * MIB));
    await until(async () => (await sizeOf(where)) > 0);
    sending.destroy();
    const offset = await offsetOf(where);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThanOrEqual(3 * MIB);
    expect((await patch(where, offset, bytes.subarray(offset))).status).toBe(204);
    expect((await stored(where)).cid).toBe((await alice.put(bytes)).body.cid);
  });

  it('whose connection hangs is taken over by the next request', async () => {
    const bytes = randomBytes(2 * MIB);
    const where = await begin(bytes.length);
    const hanging = request(`${node.url}${where}`, {
      method: 'PATCH',
      headers: { ...BYTES, authorization: `Bearer ${node.alice.key}`, 'upload-offset': 0, 'content-length': 2 * MIB },
    });
    const cut = new Promise((resolve) => hanging.on('error', resolve));
    await new Promise<void>((resolve) => hanging.write(bytes.subarray(0, MIB), () => resolve()));
    await until(async () => (await files()).includes(idOf(where)));
    const offset = await offsetOf(where);
    await cut;
    expect((await patch(where, offset, bytes.subarray(offset))).headers.get('upload-content-cid')).toBe(
      (await alice.put(bytes)).body.cid,
    );
  });

  it('outlives its process: with the bytes that were acknowledged, and no others', async () => {
    const bytes = randomBytes(2 * MIB);
    const where = await begin(bytes.length);
    await patch(where, 0, bytes.subarray(0, MIB));
    const file = path.join(node.dataDir, 'uploads', idOf(where));
    await appendFile(file, 'what nobody was told of');
    await node.restart();
    expect(await offsetOf(where)).toBe(MIB);
    const { headers } = await patch(where, MIB, bytes.subarray(MIB));
    expect(headers.get('upload-content-cid')).toBe((await alice.put(bytes)).body.cid);
  });

  it('that was complete when its process died is a content soon after the next start', async () => {
    const bytes = randomBytes(MIB + 1);
    const where = await begin(bytes.length);
    await patch(where, 0, bytes.subarray(0, MIB));
    await node.stop();
    await writeFile(path.join(node.dataDir, 'uploads', idOf(where)), bytes);
    await node.database.query('UPDATE partial_uploads SET "offset" = length WHERE id = $1', [idOf(where)]);
    await node.start();
    const id = await until(async () => (await send('HEAD', where)).headers.get('upload-content-id'));
    const listed = await alice.get<{ id: number }[]>('/content/list');
    expect(listed.body.filter((content) => String(content.id) === id)).toHaveLength(1);
    expect((await stored(where)).cid).toBe((await alice.put(bytes)).body.cid);
  });

  it('whose file is gone says so', async () => {
    const where = await begin(100);
    await patch(where, 0, randomBytes(50));
    await writeFile(path.join(node.dataDir, 'uploads', idOf(where)), 'short');
    const { status, reason } = await patch(where, 50, randomBytes(50));
    expect([status, reason]).toEqual([410, 'ERR_UPLOAD_GONE']);
  });

  it('of no bytes is an empty file, and one whose bytes come along is there at once', async () => {
    expect((await send('HEAD', await begin(0))).headers.get('upload-content-cid')).toBe(
      'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    );
    const bytes = randomBytes(1000);
    const { headers } = await send('POST', '/content/tus', { ...BYTES, 'upload-length': '1000' }, bytes);
    expect([headers.get('upload-offset'), headers.get('upload-content-cid')]).toEqual([
      '1000',
      (await alice.put(bytes)).body.cid,
    ]);
  });

  it('made of parts that came in parallel is the content that it is in one', async () => {
    const bytes = randomBytes(3 * MIB);
    const parts = await Promise.all(
      [0, 1, 2].map(async (at) => {
        const where = await begin(MIB, { 'upload-concat': 'partial' });
        expect((await patch(where, 0, bytes.subarray(at * MIB, (at + 1) * MIB))).status).toBe(204);
        return `${node.url}${where}`;
      }),
    );
    const final = { ...TUS, 'upload-concat': `final;${parts.join(' ')}` };
    const made = await send('POST', '/content/tus', final);
    expect([made.status, made.headers.get('upload-content-cid')]).toEqual([201, (await alice.put(bytes)).body.cid]);
    const again = await send('POST', '/content/tus', final);
    expect(again.headers.get('upload-content-id')).toBe(made.headers.get('upload-content-id'));
    const where = made.headers.get('location') ?? '';
    expect((await send('HEAD', where)).headers.get('upload-concat')).toMatch(/^final;\/content\/tus\//);
    expect((await patch(where, 0, bytes)).reason).toBe('ERR_UPLOAD_FINAL');
    expect(await files()).not.toContain(idOf(parts[0] ?? ''));
  });

  it('is not made of parts that are missing, incomplete, whole uploads or somebody else’s', async () => {
    const whole = await begin(10);
    const half = await begin(10, { 'upload-concat': 'partial' });
    await patch(half, 0, randomBytes(5));
    const concat = (part: string, user = node.alice) =>
      send('POST', '/content/tus', { ...TUS, 'upload-concat': `final;${part}` }, undefined, user);
    expect([(await concat(whole)).status, (await concat('/content/tus/none')).status]).toEqual([404, 404]);
    expect((await concat(half)).reason).toBe('ERR_UPLOAD_INCOMPLETE');
    await patch(half, 5, randomBytes(5));
    expect((await concat(half, node.bob)).status).toBe(404);
    expect((await concat(half)).status).toBe(201);
  });

  it('keeps nothing of a request whose checksum is wrong', async () => {
    const bytes = randomBytes(1000);
    const where = await begin(1000);
    const sum = (algorithm: string, of: Uint8Array) => ({
      'upload-checksum': `${algorithm} ${hash(algorithm, of, 'base64')}`,
    });
    const wrong = await patch(where, 0, bytes.subarray(0, 500), sum('sha1', Buffer.from('other')));
    expect([wrong.status, wrong.reason, await offsetOf(where)]).toEqual([460, 'ERR_UPLOAD_CHECKSUM', 0]);
    expect((await patch(where, 0, bytes.subarray(0, 500), sum('sha1', bytes.subarray(0, 500)))).status).toBe(204);
    expect((await patch(where, 500, bytes.subarray(500), { 'upload-checksum': 'crc7 AA==' })).status).toBe(400);
    expect((await patch(where, 500, bytes.subarray(500), sum('sha256', bytes.subarray(500)))).status).toBe(204);
  });

  it.each<[string, number, Record<string, string>]>([
    ['without a version', 412, { 'tus-resumable': '0.9', 'upload-length': '1' }],
    ['without a length', 400, {}],
    ['of a length that is none', 400, { 'upload-length': '1e3' }],
    ['of a length that is said later', 400, { 'upload-defer-length': '1' }],
    ['over the limit', 400, { 'upload-length': String(17 * MIB) }],
    ['with metadata that is none', 400, { 'upload-length': '1', 'upload-metadata': 'a b c' }],
    ['with a path that climbs', 400, { 'upload-length': '1', 'upload-metadata': `path ${base64('../a')}` }],
    ['with terms that are none', 400, { 'upload-length': '1', 'upload-metadata': `replication ${base64('0')}` }],
    ['made of nothing', 400, { 'upload-concat': 'final;' }],
  ])('%s is refused with %i', async (_what, status, headers) => {
    expect((await send('POST', '/content/tus', { ...TUS, ...headers })).status).toBe(status);
  });

  it('refuses bytes that do not fit', async () => {
    const where = await begin(100);
    await patch(where, 0, randomBytes(10));
    const behind = await patch(where, 0, randomBytes(10));
    expect([behind.status, behind.reason]).toEqual([409, 'ERR_UPLOAD_OFFSET']);
    const long = await patch(where, 10, randomBytes(91));
    expect([long.status, long.reason]).toEqual([413, 'ERR_UPLOAD_TOO_LONG']);
    expect((await send('PATCH', where, { ...TUS, 'upload-offset': '10' }, randomBytes(1))).status).toBe(400);
    expect(await offsetOf(where)).toBe(10);
  });

  it('is nobody else’s, and ends when its owner ends it', async () => {
    const where = await begin(100);
    await patch(where, 0, randomBytes(10));
    const headers = { ...BYTES, 'upload-offset': '10' };
    for (const [user, status] of [
      [node.bob, 404],
      [null, 401],
    ] as const) {
      expect((await send('HEAD', where, TUS, undefined, user)).status).toBe(status);
      expect((await send('PATCH', where, headers, randomBytes(5), user)).status).toBe(status);
      expect((await send('GET', `${where}/content`, TUS, undefined, user)).status).toBe(status);
      expect((await send('DELETE', where, TUS, undefined, user)).status).toBe(status);
    }
    expect((await send('DELETE', where)).status).toBe(204);
    expect((await send('HEAD', where)).status).toBe(404);
    expect(await files()).not.toContain(idOf(where));
  });

  it('that nobody goes on with is removed in time, and never at a start', async () => {
    const where = await begin(100);
    await patch(where, 0, randomBytes(10));
    await node.database.query("UPDATE partial_uploads SET expires_at = now() - interval '1 s' WHERE id = $1", [
      idOf(where),
    ]);
    await node.restart();
    expect(await offsetOf(where)).toBe(10);
    expect(await node.app.get(PartialUploads).removeExpired()).toBeGreaterThan(0);
    expect((await send('HEAD', where)).status).toBe(404);
    expect(await files()).not.toContain(idOf(where));
  });

  it('has its place in the quota from its creation on', async () => {
    await node.database.query('INSERT INTO account_limits (user_id, bytes_quota) VALUES ($1, 1000)', [node.bob.id]);
    await node.restart();
    const create = (length: number) =>
      send('POST', '/content/tus', { ...TUS, 'upload-length': String(length) }, undefined, node.bob);
    const first = await create(600);
    expect([first.status, (await create(500)).reason]).toEqual([201, 'ERR_QUOTA_EXCEEDED']);
    await send('DELETE', first.headers.get('location') ?? '', TUS, undefined, node.bob);
    expect((await create(500)).status).toBe(201);
  });

  it('is what public clients send: in chunks, and in parts', async () => {
    const bytes = randomBytes(5 * MIB + 3);
    const { cid } = (await alice.put(bytes)).body;
    for (const options of [{ chunkSize: MIB }, { parallelUploads: 3 }]) {
      const url = await new Promise<string>((resolve, reject) => {
        const upload = new Upload(bytes, {
          endpoint: `${node.url}/content/tus`,
          headers: { authorization: `Bearer ${node.alice.key}` },
          metadata: { filename: 'x.bin', filetype: 'application/octet-stream' },
          retryDelays: null as never,
          ...options,
          onError: reject,
          onSuccess: () => resolve(upload.url ?? ''),
        });
        upload.start();
      });
      expect((await stored(new URL(url, node.url).pathname)).cid).toBe(cid);
    }
  });

  it('is told of by OPTIONS', async () => {
    const { status, headers } = await send('OPTIONS', '/content/tus', {}, undefined, null);
    expect([status, headers.get('tus-version'), headers.get('tus-max-size')]).toEqual([204, '1.0.0', String(16 * MIB)]);
    expect(headers.get('tus-extension')).toContain('concatenation');
  });
});
