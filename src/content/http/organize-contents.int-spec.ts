import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { contentNode, type ContentNode } from '../testing/content-app.js';
import { Client, type Answer } from '../testing/uploads.js';

interface Listed {
  id: number;
  cid: string;
  name: string;
  size: number;
  tags: string[];
}

interface Bulk {
  results: { id: string; status: string; error?: { reason: string } }[];
}

describe('contents as their owner orders them', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  beforeAll(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
  }, 60_000);
  afterAll(() => node.close());

  const add = async (who: Client, name: string, size = 20): Promise<number> =>
    (await who.put(randomBytes(size), `?filename=${encodeURIComponent(name)}`)).body.estuaryId;
  const json = <T>(who: Client, method: string, path: string, body: unknown): Promise<Answer<T>> =>
    who.call<T>(method, path, Buffer.from(JSON.stringify(body)), { 'content-type': 'application/json' });
  const list = async (who: Client, query: string): Promise<Listed[]> =>
    (await who.get<Listed[]>(`/content/contents?${query}`)).body;
  const names = async (who: Client, query: string): Promise<string[]> =>
    (await list(who, query)).map(({ name }) => name);

  it('are found by how a name begins, whatever its case, by a tag, and by CID of either version', async () => {
    const [report] = [
      await add(alice, 'Report 1.pdf'),
      await add(alice, 'a report.pdf'),
      await add(alice, 'photo.jpg'),
    ];
    await add(bob, 'report of bob');
    await json(alice, 'PUT', `/content/${report}/tags`, { tags: ['Taxes', ' 2026 ', 'taxes'] });
    expect(await names(alice, 'q=rePort')).toEqual(['Report 1.pdf']);
    expect(await names(alice, 'q=tax')).toEqual(['Report 1.pdf']);
    expect(await names(alice, 'q=100%25')).toEqual([]);
    const [found] = await list(alice, 'q=report');
    expect(found).toMatchObject({ id: report, tags: ['2026', 'taxes'] });
    expect(await names(alice, `q=${found?.cid}`)).toEqual(['Report 1.pdf']);
    expect(await names(bob, `q=${found?.cid}`)).toEqual([]);
  });

  it.each(['added', 'name', 'size'])('are paged without a gap by %s, either way', async (sort) => {
    for (let at = 0; at < 5; at++)
      await add(alice, ['same', 'B', 'a', 'same', 'ä'][at] ?? '', [30, 10, 30, 20, 30][at]);
    for (const order of ['asc', 'desc']) {
      const all = (await list(alice, `sort=${sort}&order=${order}`)).map(({ id }) => id);
      expect(all.length).toBeGreaterThanOrEqual(5);
      const paged: number[] = [];
      for (let before = ''; paged.length < all.length; before = `&before=${paged.at(-1)}`)
        paged.push(...(await list(alice, `sort=${sort}&order=${order}&limit=2${before}`)).map(({ id }) => id));
      expect(paged).toEqual(all);
    }
    const rows = await list(alice, `sort=${sort}`);
    const keys = rows.map(({ id, name, size }) => ({ added: -id, name: name.toLowerCase(), size: -size })[sort] ?? 0);
    expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : Number(a > b))));
  });

  it.each(['q=', 'sort=colour', 'order=up', 'sort=name&offset=1', 'sort=name&before=987654321', 'srot=name'])(
    'are not listed for %s',
    async (query) => {
      const { status, body } = await alice.get(`/content/contents?${query}`);
      expect([status, body.error?.reason]).toEqual([400, 'ERR_INVALID_INPUT']);
    },
  );

  it('are renamed and tagged by their owner alone', async () => {
    const id = await add(alice, 'before');
    expect((await json(alice, 'PATCH', `/content/${id}`, { name: 'dir/after\u0001' })).body).toMatchObject({
      name: 'after',
    });
    expect((await json(alice, 'PATCH', `/content/${id}`, { name: '/' })).status).toBe(400);
    expect((await json(bob, 'PATCH', `/content/${id}`, { name: 'mine' })).status).toBe(404);
    expect((await json(bob, 'PUT', `/content/${id}/tags`, { tags: ['mine'] })).status).toBe(404);
    expect((await json(alice, 'PUT', `/content/${id}/tags`, { tags: Array(33).fill('x') })).status).toBe(400);
    expect((await json(alice, 'PUT', `/content/${id}/tags`, { tags: ['one'] })).body).toMatchObject({ tags: ['one'] });
    expect((await json(alice, 'PUT', `/content/${id}/tags`, { tags: [] })).body).toMatchObject({ tags: [] });
  });

  it('are deleted and tagged in numbers, each with its own result', async () => {
    const ids = [await add(alice, 'x'), await add(alice, 'y')];
    const theirs = await add(bob, 'z');
    const tagged = await json<Bulk>(alice, 'POST', '/content/bulk', {
      action: 'tag',
      ids: [...ids, theirs],
      tags: ['old'],
    });
    expect(tagged.body.results.map(({ status }) => status)).toEqual(['tagged', 'tagged', 'failed']);
    const { body } = await json<Bulk>(alice, 'POST', '/content/bulk', {
      action: 'delete',
      ids: [ids[0], theirs, 987654321, ids[1], ids[0]].map(String),
    });
    expect(body.results.map(({ status, error }) => error?.reason ?? status)).toEqual([
      'deleted',
      'ERR_CONTENT_NOT_FOUND',
      'ERR_CONTENT_NOT_FOUND',
      'deleted',
    ]);
    expect(await names(alice, 'q=old')).toEqual([]);
    expect(await names(bob, 'q=z')).toEqual(['z']);
    expect(await node.database.query('SELECT FROM content_tags WHERE content_id = ANY ($1)', [ids])).toEqual([]);
    for (const bad of [
      { action: 'delete', ids: [] },
      { action: 'burn', ids: [1] },
      { action: 'delete', ids: ['x'] },
    ])
      expect((await json(alice, 'POST', '/content/bulk', bad)).status).toBe(400);
  });
});
