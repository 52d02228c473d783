import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { exporter } from 'ipfs-unixfs-exporter';
import { base16upper } from 'multiformats/bases/base16';
import { CID } from 'multiformats/cid';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { contentNode, type ContentNode } from '../testing/content-app.js';
import { Client, type UploadAnswer } from '../testing/uploads.js';
import { until } from '../../../test/support/until.js';

const MIB = 1024 * 1024;
interface ContentBody {
  id: number;
  cid: string;
  name: string;
  size: number;
  type: string;
  state: string;
  replication: number;
  profile: string;
}

const form = (fields: [string, string | Blob, string?][]): FormData => {
  const data = new FormData();
  for (const [name, value, filename] of fields)
    typeof value === 'string' ? data.append(name, value) : data.append(name, value, filename);
  return data;
};

describe('contents over HTTP', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  beforeAll(async () => {
    node = await contentNode({ CONTENT_SIZE_LIMIT: String(16 * MIB) });
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
  }, 60_000);
  afterAll(() => node.close());

  /** The file, read from this node's blocks by an independent implementation. */
  async function read(cid: string): Promise<Buffer> {
    const hot = node.app.get(HotBlocks, { strict: false });
    const blockstore = {
      async *get(block: CID) {
        const bytes = await hot.get(block);
        if (!bytes) throw new Error(`no block ${block.toString()}`);
        yield bytes;
      },
    };
    const entry = await exporter(CID.parse(cid), blockstore as never);
    if (!('content' in entry)) throw new Error(`${cid} is no file`);
    const parts: Uint8Array[] = [];
    for await (const part of entry.content()) parts.push(part);
    return Buffer.concat(parts);
  }

  async function cars(): Promise<string[]> {
    return (await readdir(path.join(node.dataDir, 'cars'), { recursive: true }))
      .filter((name) => name.endsWith('.car'))
      .sort();
  }

  describe('a file as the body', () => {
    it.each([0, 1, 4096, MIB - 1, MIB, MIB + 1, 5 * MIB + 17])('of %i bytes comes back the same', async (size) => {
      const bytes = randomBytes(size);
      const { status, body } = await alice.put(bytes, '?filename=a%20b.bin&allow-empty=true');
      expect(status).toBe(200);
      expect(body).toMatchObject({
        retrieval_url: expect.stringContaining(`/ipfs/${body.cid}`),
        estuary_retrieval_url: expect.stringContaining(body.cid),
        providers: [],
      });
      expect((await read(body.cid)).equals(bytes)).toBe(true);
      expect((await alice.get<ContentBody>(`/content/${body.estuaryId}`)).body).toMatchObject({
        cid: body.cid,
        name: 'a b.bin',
        size,
        type: 'file',
        state: 'stored',
        profile: 'unixfs-v1-2025',
      });
    });

    it('has the CIDs that Kubo gives', async () => {
      expect((await alice.put(new Uint8Array(), '?allow-empty=true')).body.cid).toBe(
        'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
      );
      expect((await alice.put(new Uint8Array(), '?profile=unixfs-v0-2015&allow-empty=true')).body.cid).toBe(
        'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH',
      );
    });

    it.each([
      ['small', 1000],
      ['large', 3 * MIB + 1],
    ])('a %s one in the old profile comes back the same, under its CIDv0', async (_size, size) => {
      const bytes = randomBytes(size);
      const { body } = await alice.put(bytes, '?profile=unixfs-v0-2015');
      expect(body.cid).toMatch(/^Qm/);
      expect((await read(body.cid)).equals(bytes)).toBe(true);
    });

    it('is a file whatever its content type says', async () => {
      const { status, body } = await alice.put(Buffer.from('{"not": "parsed"'), '', {
        'content-type': 'application/json',
      });
      expect(status).toBe(200);
      expect((await read(body.cid)).toString()).toBe('{"not": "parsed"');
    });

    it('over the limit is refused before its bytes are read, and without a length after', async () => {
      const before = await cars();
      const early = await alice.put(Buffer.alloc(16 * MIB + 1));
      expect([early.status, early.body.error?.reason]).toEqual([400, 'ERR_CONTENT_SIZE_OVER_LIMIT']);
      const late = await chunked(17 * MIB);
      expect(late).toEqual({ status: 400, reason: 'ERR_CONTENT_SIZE_OVER_LIMIT' });
      expect(await cars()).toEqual(before);
    });

    it('whose client hangs up half-way leaves nothing', async () => {
      const before = await cars();
      const rows = await node.database.query('SELECT id FROM contents');
      await new Promise<void>((resolve) => {
        const upload = request(`${node.url}/content/add`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${node.alice.key}`, 'content-length': 8 * MIB },
        });
        upload.on('error', () => resolve());
        upload.write(randomBytes(4 * MIB), () =>
          setTimeout(() => {
            upload.destroy();
            resolve();
          }, 100),
        );
      });
      await until(
        async () =>
          (await node.database.query("SELECT FROM cars WHERE state = 'open' AND kind = 'single'")).length === 0,
      );
      await until(async () => (await cars()).length === before.length);
      expect(await node.database.query('SELECT id FROM contents')).toEqual(rows);
    });

    it('with deal terms of its own gets a CAR of its own, however small, sealed and announced at once', async () => {
      const { body } = await alice.put(randomBytes(100), '?replication=3&duration=600000&verified=false&maxPrice=5');
      const [car] = await node.database.query<Record<string, unknown>>(
        'SELECT c.* FROM cars c JOIN runs r ON r.car_id = c.id JOIN contents o ON o.dag_id = r.dag_id WHERE o.id = $1',
        [body.estuaryId],
      );
      expect(car).toMatchObject({
        kind: 'single',
        state: 'sealed',
        root: body.cid,
        user_id: node.alice.id,
        terms: { replication: 3, duration: 600_000, verified: false, maxPrice: '5' },
      });
      const [event] = await node.database.query<{ payload: unknown }>(
        "SELECT payload FROM outbox WHERE name = 'car.sealed' ORDER BY id DESC LIMIT 1",
      );
      expect(event?.payload).toEqual({
        carId: car!['id'],
        root: body.cid,
        carBytes: Number(car!['bytes']),
        kind: 'single',
        terms: car!['terms'],
        userId: node.alice.id,
      });
      expect((await alice.get<ContentBody>(`/content/${body.estuaryId}`)).body.replication).toBe(3);
    });

    it('that is a part of one, or empty without a word about it, is refused and not stored', async () => {
      const rows = await node.database.query('SELECT id FROM contents');
      const range = { 'content-range': 'bytes 0-9/100' };
      for (const answer of [
        await alice.put(randomBytes(10), '', range),
        await alice.call('POST', '/content/add-car', randomBytes(10), range),
        await alice.call('POST', '/content/add', form([['data', new Blob(['x']), 'a']]), range),
      ])
        expect([answer.status, answer.body.error?.reason]).toEqual([400, 'ERR_CONTENT_RANGE_NOT_SUPPORTED']);
      const empty = await alice.put(new Uint8Array());
      expect([empty.status, empty.body.error?.reason]).toEqual([400, 'ERR_EMPTY_BODY']);
      expect(await chunked(0)).toEqual({ status: 400, reason: 'ERR_EMPTY_BODY' });
      expect(await node.database.query('SELECT id FROM contents')).toEqual(rows);
    });

    it.each([
      '?replicaton=2',
      '?allow_empty=true',
      '?replication=0',
      '?replication=x',
      '?maxPrice=1.5',
      '?profile=other',
      '?duration=-1',
      '?duration=518399',
      '?duration=3680641',
    ])('with %s is refused', async (query) => {
      const { status, body } = await alice.put(randomBytes(10), query);
      expect([status, body.error?.reason]).toEqual([400, 'ERR_INVALID_INPUT']);
    });

    async function chunked(size: number): Promise<{ status: number; reason: string }> {
      return new Promise((resolve, reject) => {
        const upload = request(
          `${node.url}/content/add`,
          { method: 'PUT', headers: { authorization: `Bearer ${node.alice.key}` } },
          async (response) => {
            let text = '';
            for await (const part of response) text += String(part);
            resolve({
              status: response.statusCode ?? 0,
              reason: (JSON.parse(text) as { error: { reason: string } }).error.reason,
            });
          },
        );
        upload.on('error', reject);
        upload.end(randomBytes(size));
      });
    }
  });

  describe('a file as a form', () => {
    it.each(['/content/add', '/put'])('to %s, its fields before or after the file', async (route) => {
      const bytes = randomBytes(2 * MIB + 3);
      const after = await alice.call<UploadAnswer>(
        'POST',
        route,
        form([
          ['data', new Blob([bytes]), 'from-the-part.bin'],
          ['filename', 'after.bin'],
          ['replication', '2'],
        ]),
      );
      const before = await alice.call<UploadAnswer>(
        'POST',
        route,
        form([
          ['filename', 'before.bin'],
          ['replication', '2'],
          ['data', new Blob([bytes]), 'x'],
        ]),
      );
      expect([after.status, before.status, after.body.cid === before.body.cid]).toEqual([200, 200, true]);
      expect((await read(after.body.cid)).equals(bytes)).toBe(true);
      expect((await alice.get<ContentBody>(`/content/${after.body.estuaryId}`)).body).toMatchObject({
        name: 'after.bin',
        replication: 2,
      });
      expect((await alice.get<ContentBody>(`/content/${before.body.estuaryId}`)).body).toMatchObject({
        name: 'before.bin',
        replication: 2,
      });
    });

    it("takes the part's own name when there is no other, and small files", async () => {
      const { body } = await alice.call<UploadAnswer>(
        'POST',
        '/content/add',
        form([['data', new Blob(['hello form']), 'part.txt']]),
      );
      expect((await alice.get<ContentBody>(`/content/${body.estuaryId}`)).body).toMatchObject({
        name: 'part.txt',
        size: 10,
      });
    });

    it('may have files in other fields, which are not looked at', async () => {
      const { status, body } = await alice.call<UploadAnswer>(
        'POST',
        '/content/add',
        form([
          ['thumbnail', new Blob(['x']), 't'],
          ['data', new Blob(['the file']), 'a'],
          ['more', new Blob(['y']), 'u'],
        ]),
      );
      expect(status).toBe(200);
      expect((await read(body.cid)).toString()).toBe('the file');
    });

    it('without a file, or that is no form, is refused', async () => {
      const none = await alice.call<UploadAnswer>('POST', '/content/add', form([['filename', 'a']]));
      const noForm = await alice.call<UploadAnswer>('POST', '/content/add', Buffer.from('hello'), {
        'content-type': 'multipart/form-data',
      });
      const cut = await alice.call<UploadAnswer>(
        'POST',
        '/content/add',
        Buffer.from('--x\r\nContent-Disposition: form-data; name="data"; filename="a"\r\n\r\nhalf'),
        { 'content-type': 'multipart/form-data; boundary=x' },
      );
      const nothing = await alice.call<UploadAnswer>('POST', '/content/add', Buffer.alloc(0), {
        'content-type': 'multipart/form-data; boundary=x',
      });
      for (const { status, body } of [none, noForm, cut, nothing])
        expect([status, body.error?.reason]).toEqual([400, 'ERR_INVALID_INPUT']);
    });
  });

  describe('identical content', () => {
    it('is stored once and referenced twice; its bytes go with the last reference', async () => {
      const bytes = randomBytes(2 * MIB);
      const before = await cars();
      const mine = (await alice.put(bytes)).body;
      const theirs = (await bob.put(bytes)).body;
      expect(theirs.cid).toBe(mine.cid);
      expect(await cars()).toHaveLength(before.length + 1);
      expect((await alice.delete(mine.estuaryId)).body).toEqual({
        id: String(mine.estuaryId),
        freedBytes: 0,
        pendingBytes: 0,
      });
      expect((await read(mine.cid)).equals(bytes)).toBe(true);
      const last = await bob.delete(theirs.estuaryId);
      expect(last.body.freedBytes).toBeGreaterThan(2 * MIB);
      expect(await cars()).toEqual(before);
      expect(await node.app.get(HotBlocks, { strict: false }).has(CID.parse(mine.cid))).toBe(false);
      // Nobody is to look for it at miners.
      expect(await node.app.get(DagStore, { strict: false }).find(CID.parse(mine.cid))).toBeNull();
      const again = await alice.put(bytes);
      expect((await read(again.body.cid)).equals(bytes)).toBe(true);
    });

    it('is refused with 409 when the account asks for that', async () => {
      const bytes = randomBytes(500);
      const { body } = await alice.put(bytes);
      const dupe = await alice.put(bytes, '?ignore-dupes=true');
      expect(dupe).toMatchObject({
        status: 409,
        body: {
          error: { reason: 'ERR_CONTENT_EXISTS', context: { contentId: String(body.estuaryId), cid: body.cid } },
        },
      });
      expect((await bob.put(bytes, '?ignore-dupes=true')).status).toBe(200);
    });

    it('uploaded by 16 clients at once has one run and 16 contents', async () => {
      for (const size of [3000, 2 * MIB]) {
        const bytes = randomBytes(size);
        const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 ? alice : bob).put(bytes)));
        expect(answers.every(({ status }) => status === 200)).toBe(true);
        expect(new Set(answers.map(({ body }) => body.estuaryId)).size).toBe(16);
        expect(
          await node.database.query('SELECT r.* FROM runs r JOIN dags d ON d.id = r.dag_id WHERE d.root = $1', [
            answers[0]!.body.cid,
          ]),
        ).toHaveLength(1);
      }
    });

    it('deleted and uploaded at the same time is either there or gone, never half', async () => {
      const hot = node.app.get(HotBlocks, { strict: false });
      for (let round = 0; round < 20; round++) {
        const bytes = randomBytes(round % 2 ? 100 : MIB + 100_000);
        const { body: first } = await alice.put(bytes);
        const [, second] = await Promise.all([alice.delete(first.estuaryId), bob.put(bytes)]);
        expect(second.status).toBe(200);
        expect(await hot.get(CID.parse(second.body.cid))).not.toBeNull();
        expect((await read(second.body.cid)).equals(bytes)).toBe(true);
        await bob.delete(second.body.estuaryId);
      }
    }, 30_000);
  });

  describe('what a user sees', () => {
    it("is paged by key, newest first, and is nobody else's", async () => {
      const ids: number[] = [];
      for (let i = 0; i < 5; i++) ids.unshift((await bob.put(randomBytes(20), `?filename=f${i}`)).body.estuaryId);
      const page = (await bob.get<ContentBody[]>('/content/contents?limit=2')).body;
      expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      const next = (await bob.get<ContentBody[]>(`/content/list?limit=2&before=${page[1]!.id}`)).body;
      expect(next.map(({ id }) => id)).toEqual(ids.slice(2, 4));
      const skipped = (await bob.get<ContentBody[]>('/content/contents?limit=2&offset=2')).body;
      expect(skipped).toEqual(next);
      const mine = (await alice.get<ContentBody[]>('/content/list?limit=1000')).body;
      expect(mine.some(({ id }) => ids.includes(id))).toBe(false);
      expect((await bob.get<{ error: unknown }>('/content/list?limit=1001')).status).toBe(400);
    });

    it('can be found by CID, of either version', async () => {
      const { body } = await alice.put(randomBytes(50), '?profile=unixfs-v0-2015');
      const v1 = CID.parse(body.cid).toV1().toString();
      for (const cid of [body.cid, v1, v1.toUpperCase(), CID.parse(v1).toString(base16upper.encoder)])
        expect(
          (await alice.get<{ content: ContentBody }[]>(`/content/by-cid/${cid}`)).body.map(({ content }) => content.id),
        ).toEqual([body.estuaryId]);
      expect((await bob.get<unknown[]>(`/content/by-cid/${v1}`)).body).toEqual([]);
      expect((await bob.get<unknown[]>('/content/by-cid/nonsense')).status).toBe(400);
    });

    it('has a timeline, and ends for everybody when it is deleted', async () => {
      const { body } = await alice.put(randomBytes(50));
      expect((await alice.get<object[]>(`/content/${body.estuaryId}/timeline`)).body).toMatchObject([
        { from: 'receiving', to: 'stored', cause: 'uploaded' },
      ]);
      const theirs = await bob.delete(body.estuaryId);
      expect([theirs.status, theirs.body.error?.reason]).toEqual([404, 'ERR_CONTENT_NOT_FOUND']);
      const gone = await alice.delete(body.estuaryId);
      expect(gone.body).toMatchObject({ freedBytes: 0, pendingBytes: 50 + 36 + 1 });
      expect((await alice.get(`/content/${body.estuaryId}`)).status).toBe(404);
      expect((await alice.delete(body.estuaryId)).status).toBe(404);
      expect(
        await node.database.query('SELECT "from", "to" FROM content_moves WHERE content_id = $1', [body.estuaryId]),
      ).toEqual([{ from: 'stored', to: 'deleted' }]);
      expect(await node.app.get(HotBlocks, { strict: false }).get(CID.parse(body.cid))).toBeNull();
    });
  });
});

describe('a node without room', () => {
  it('refuses with 507 and keeps nothing', async () => {
    const node = await contentNode({ DISK_RESERVE_BYTES: String(2 ** 52) });
    try {
      const alice = new Client(node, node.alice);
      for (const size of [10, 2 * MIB]) {
        const { status, body } = await alice.put(randomBytes(size));
        expect([status, body.error?.reason]).toEqual([507, 'ERR_DISK_FULL']);
      }
      expect(await node.database.query('SELECT FROM contents')).toEqual([]);
    } finally {
      await node.close();
    }
  }, 60_000);
});
