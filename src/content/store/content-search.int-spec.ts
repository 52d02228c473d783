import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { OF_ROOT, PLACE, SEARCHES, type SearchValues, SET_TAGS, TAGGED } from './content-search.sql.js';

const ROWS = 40_000;

describe('a search among very many contents', () => {
  let database: TestDatabase;
  let client: pg.Client;
  const ann = randomUUID();

  beforeAll(async () => {
    database = await testDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("INSERT INTO users (id, username) VALUES ($1, 'ann')", [ann]);
    await client.query(
      "INSERT INTO dags (id, root, size, car_bytes, blocks) VALUES (1, 'bafyone', 1, 1, 1), (2, 'bafytwo', 1, 1, 1)",
    );
    await client.query(
      `INSERT INTO contents (user_id, dag_id, cid, name, size, profile, replication)
       SELECT $1, 1 + (n = 7)::int, 'bafy', md5(n::text), n % 1000, 'car', 6 FROM generate_series(1, $2::int) AS n`,
      [ann, ROWS],
    );
    await client.query(
      "INSERT INTO content_tags (content_id, tag, user_id) SELECT id, 'tag' || id % 5000, user_id FROM contents WHERE id % 4 = 0",
    );
    await client.query('ANALYZE');
  }, 60_000);
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  async function planOf(text: string, values: readonly unknown[]): Promise<string> {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  const values = (more: Partial<Record<'behind' | 'behindId' | 'q', unknown>>): SearchValues =>
    [
      ann,
      500,
      more.behind ?? null,
      more.behindId ?? null,
      more.q ?? null,
      more.q === undefined ? null : `${String(more.q)}\u{10ffff}`,
      [],
    ] as unknown as SearchValues;

  const orders = (['added', 'name', 'size'] as const).flatMap((sort) =>
    (['asc', 'desc'] as const).map((order) => ({ sort, order })),
  );

  it.each(orders)(
    'by $sort, $order, reads no table from end to end, on the first page and behind another',
    async ({ sort, order }) => {
      const behind = { added: 20_000, name: 'c', size: 500 }[sort];
      for (const page of [values({}), values({ behind, behindId: 20_000 })])
        expect(await planOf(SEARCHES[sort][order].text, page)).not.toMatch(/Seq Scan on contents|Sort|Bitmap/);
      // Few match: the index of the names finds them, whatever the order.
      expect(await planOf(SEARCHES[sort][order].text, values({ q: 'abc' }))).toContain('contents_user_id_name_idx');
      expect(await planOf(SEARCHES[sort][order].text, values({ q: 'a' }))).not.toContain('Seq Scan on contents');
    },
  );

  it('by tag goes by its index, and so do places and tags of one content', async () => {
    expect(await planOf(TAGGED.text, [ann, 'tag12', 'tag12\u{10ffff}', 100])).toContain('content_tags_user_id_tag_idx');
    expect(await planOf(OF_ROOT.text, [ann, 'bafytwo', 100])).not.toMatch(/Seq Scan on contents/);
    expect(await planOf(PLACE.text, [5, ann])).not.toContain('Seq Scan');
    expect(await planOf(SET_TAGS.text, [ann, [5, 6], ['a']])).not.toMatch(/Seq Scan on (contents|content_tags)/);
  });
});
