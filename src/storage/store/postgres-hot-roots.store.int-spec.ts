import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { PostgresHotRootsStore } from './postgres-hot-roots.store.js';

describe('hot roots', () => {
  let database: TestDatabase;
  let connections: Database;
  let hot: PostgresHotRootsStore;
  beforeAll(async () => {
    database = await testDatabase();
    connections = new Database(AppConfig.parse({ DATABASE_URL: database.url }));
    hot = new PostgresHotRootsStore(connections);
    await database.query(
      "INSERT INTO dags (root, size, car_bytes, blocks, hot) SELECT 'root-' || n, n, n, 1, n % 3 <> 0 FROM generate_series(1, 100) n",
    );
  });
  afterAll(async () => {
    await connections.onApplicationShutdown();
    await database.drop();
  });

  it('are told apart from what is offloaded and what nobody knows', async () => {
    expect(await hot.among(['root-1', 'root-3', 'root-5', 'nonsense'])).toEqual(
      new Map([
        ['root-1', 1],
        ['root-5', 5],
      ]),
    );
    expect(await hot.among([])).toEqual(new Map());
  });

  it('come in pages that end', async () => {
    const found: string[] = [];
    let pages = 0;
    for (let after: bigint | null = 0n; after !== null; pages += 1) {
      const page = await hot.page(after, 30);
      found.push(...page.roots);
      after = page.next;
    }
    expect([pages, new Set(found).size, found[0], found.at(-1)]).toEqual([4, 67, 'root-1', 'root-100']);
  });
});
