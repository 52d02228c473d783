import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { importer, type ImporterOptions } from 'ipfs-unixfs-importer';
import { contentNode, type ContentNode } from '../testing/content-app.js';
import { Client, type Answer } from '../testing/uploads.js';

interface Entry {
  name: string;
  type: string;
  contId: number;
}

/** The root that the reference implementation makes of these files. */
async function oracle(files: Record<string, string>): Promise<string> {
  const nowhere = { put: (cid: unknown) => Promise.resolve(cid) };
  const options: ImporterOptions = { profile: 'unixfs-v1-2025', wrapWithDirectory: true };
  const entries = Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
  let root = '';
  for await (const { cid } of importer(entries, nowhere as never, options)) root = cid.toString();
  return root;
}

describe('a collection', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  beforeAll(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
  }, 60_000);
  afterAll(() => node.close());

  const json = <T>(who: Client, method: string, path: string, body: unknown): Promise<Answer<T>> =>
    who.call<T>(method, path, Buffer.from(JSON.stringify(body)), { 'content-type': 'application/json' });
  const add = async (name: string, text: string): Promise<number> =>
    (await alice.put(Buffer.from(text), `?filename=${name}`)).body.estuaryId;
  const create = async (name = 'photos'): Promise<string> =>
    (await json<{ uuid: string }>(alice, 'POST', '/collections', { name, description: 'd' })).body.uuid;
  const put = (id: string, ids: unknown, query = '') => json(alice, 'POST', `/collections/${id}${query}`, ids);
  const pathsOf = async (id: string): Promise<string[]> =>
    (await alice.get<{ path: string }[]>(`/collections/${id}`)).body.map(({ path }) => path);

  it('has contents at paths, and lists each folder with its folders once', async () => {
    const id = await create();
    const [a, b, c] = [await add('a.txt', 'a'), await add('b.txt', 'b'), await add('c.txt', 'c')];
    expect((await put(id, [a])).status).toBe(200);
    expect((await put(id, { contentids: [b, c] }, '?dir=/x/y')).body).toEqual({});
    const one = `/collections/fs/add?coluuid=${id}&content=${a}&dir=/x/`;
    expect((await alice.call('POST', one)).status).toBe(200);
    expect(await pathsOf(id)).toEqual(['/a.txt', '/x/a.txt', '/x/y/b.txt', '/x/y/c.txt']);
    const root = (await alice.get<Entry[]>(`/collections/${id}?dir=/`)).body;
    expect(root).toMatchObject([
      { name: 'a.txt', type: 'file', contId: a, size: 1, coluuid: id },
      { name: 'x', type: 'directory', contId: 0, size: 3 },
    ]);
    expect((await alice.get<Entry[]>(`/collections/${id}?dir=/x`)).body.map(({ name }) => name)).toEqual([
      'a.txt',
      'y',
    ]);
    expect((await alice.get(`/collections/${id}?dir=/a.txt`)).status).toBe(400);
    expect((await alice.get(`/collections/${id}?limit=1&after=/a.txt`)).body).toMatchObject([{ path: '/x/a.txt' }]);
    expect((await alice.get('/collections')).body).toContainEqual(
      expect.objectContaining({ uuid: id, name: 'photos', description: 'd', cid: '' }),
    );
  });

  it('refuses a path that is taken, and has the other content there when told to', async () => {
    const id = await create();
    const [first, second, folder] = [await add('same', '1'), await add('same', '2'), await add('in', '3')];
    await put(id, [first]);
    const refused = await put(id, [second]);
    expect([refused.status, refused.body.error?.reason]).toEqual([400, 'ERR_CONTENT_IN_COLLECTION']);
    expect((await put(id, [second], '?overwrite=true')).status).toBe(200);
    expect((await alice.get<{ id: number }[]>(`/collections/${id}`)).body.map((content) => content.id)).toEqual([
      second,
    ]);
    expect((await put(id, [folder], '?dir=/same')).body.error?.reason).toBe('ERR_PATH_CONFLICT');
    await put(id, [folder], '?dir=/same2/below');
    const name = await add('same2', '4');
    expect((await put(id, [name], '?overwrite=true')).body.error?.reason).toBe('ERR_PATH_CONFLICT');
  });

  it.each(['?dir=x', '?dir=/../x', '?dir=/a//b', '?dri=/x'])('takes nothing for %s', async (query) => {
    const id = await create();
    expect((await put(id, [await add('n', 'n')], query)).status).toBe(400);
    expect(await pathsOf(id)).toEqual([]);
  });

  it('is nobody else’s, and takes its owner’s contents alone', async () => {
    const id = await create();
    const theirs = (await bob.put(Buffer.from('theirs'))).body.estuaryId;
    expect((await put(id, [await add('mine', 'm'), theirs])).body.error?.reason).toBe('ERR_CONTENT_NOT_FOUND');
    expect(await pathsOf(id)).toEqual([]);
    for (const [method, path] of [
      ['GET', `/collections/${id}`],
      ['POST', `/collections/${id}/commit`],
      ['DELETE', `/collections/${id}`],
      ['POST', `/collections/fs/add?coluuid=${id}&content=${theirs}`],
    ] as const)
      expect((await bob.call(method, path)).body.error?.reason).toBe('ERR_COLLECTION_NOT_FOUND');
    expect((await alice.get(`/collections/${randomUUID()}`)).status).toBe(404);
  });

  it('takes an upload at once; what has no place there is stored all the same, and said to be', async () => {
    const id = await create();
    const stored = (name: string, text: string, more = '') =>
      alice.put(Buffer.from(text), `?filename=${name}&coluuid=${id}${more}`);
    const first = await stored('direct', 'd', '&dir=/in');
    expect([first.status, await pathsOf(id)]).toEqual([200, ['/in/direct']]);
    const second = await stored('direct', 'e', '&dir=/in');
    expect(second).toMatchObject({ status: 400, body: { error: { reason: 'ERR_CONTENT_IN_COLLECTION' } } });
    const { estuaryId } = (second.body as { error?: { context: { estuaryId: number } } }).error!.context;
    expect((await alice.get(`/content/${estuaryId}`)).body).toMatchObject({ name: 'direct', size: 1 });
    const third = await stored('direct', 'f', '&dir=/in&overwrite=true');
    expect((await alice.get(`/collections/${id}`)).body).toMatchObject([{ id: third.body.estuaryId }]);
  });

  it('that is not there, or not theirs, ends an upload before it is stored', async () => {
    const id = await create();
    const count = async () => (await bob.get<unknown[]>('/content/list')).body.length;
    const before = await count();
    for (const [query, reason] of [
      [`?coluuid=${id}`, 'ERR_COLLECTION_NOT_FOUND'],
      [`?coluuid=${randomUUID()}`, 'ERR_COLLECTION_NOT_FOUND'],
      ['?coluuid=x', 'ERR_COLLECTION_NOT_FOUND'],
      ['?dir=/x', 'ERR_INVALID_INPUT'],
    ])
      expect([query, (await bob.put(Buffer.from('b'), query)).body.error?.reason]).toEqual([query, reason]);
    expect(await count()).toBe(before);
  });

  it('becomes a directory with the CID that others give, the same for the same contents', async () => {
    const id = await create('site');
    const big = 'x'.repeat(3 * 1024 * 1024);
    await put(id, [await add('index.html', '<p>')]);
    await put(id, [await add('big', big), await add('c', 'c')], '?dir=/sub/dir');
    const { body, status } = await alice.call<{ cid: string; estuaryId: number; status: string }>(
      'POST',
      `/collections/${id}/commit`,
    );
    expect([status, body.status]).toEqual([200, 'pinned']);
    expect(body.cid).toBe(await oracle({ 'index.html': '<p>', 'sub/dir/big': big, 'sub/dir/c': 'c' }));
    expect((await alice.get(`/content/${body.estuaryId}`)).body).toMatchObject({ name: 'site', type: 'directory' });
    expect((await alice.call('POST', `/collections/${id}/commit`)).body).toMatchObject({
      cid: body.cid,
      estuaryId: body.estuaryId,
    });
    await json(alice, 'DELETE', `/collections/${id}/contents`, { by: 'path', value: '/sub' });
    expect(await pathsOf(id)).toEqual(['/index.html']);
    const next = await alice.call<{ cid: string }>('POST', `/collections/${id}/commit`);
    expect(next.body.cid).toBe(await oracle({ 'index.html': '<p>' }));
    expect((await alice.get(`/content/${body.estuaryId}`)).status).toBe(200);
  });

  it('lets go of a content that is taken out or deleted; its own end leaves the contents', async () => {
    const id = await create();
    const [a, b, c] = [await add('a', '11'), await add('b', '22'), await add('c', '33')];
    await put(id, [a, b, c]);
    await json(alice, 'DELETE', `/collections/${id}/contents`, { by: 'content_id', value: String(a) });
    await alice.delete(b);
    expect(await pathsOf(id)).toEqual(['/c']);
    expect((await alice.call('DELETE', `/collections/${id}`)).status).toBe(200);
    expect((await alice.get(`/collections/${id}`)).status).toBe(404);
    expect([(await alice.get(`/content/${a}`)).status, (await alice.get(`/content/${c}`)).status]).toEqual([200, 200]);
  });
});
