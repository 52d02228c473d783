import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';

const MIGRATION = resolve('prisma/migrations/0066_one_spelling_of_miners_in_retrievals/migration.sql');

/** Rows as releases before wrote them, then the migration. */
describe('rows of miners under both letters', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await database.query(`INSERT INTO miners (address) VALUES ('t01000'), ('t01001')`);
    await database.query(
      `INSERT INTO retrievals (id, root, state, live, miner, reasons) VALUES
         ('00000000-0000-7000-8000-000000000001', 'a', 'stored', false, 'f01000',
          '[{"miner":"f01001","reason":"timeout"},{"miner":null,"reason":"store"},{"miner":"t01000","reason":"not-held"}]'),
         ('00000000-0000-7000-8000-000000000002', 'b', 'stored', false, 't01001', '[]'),
         ('00000000-0000-7000-8000-000000000003', 'c', 'failed', false, NULL, '[{"miner":"a name","reason":"timeout"}]')`,
    );
    await database.query(
      `INSERT INTO miner_days (miner, day, proposals, bytes) VALUES
         ('f01000', '2026-01-01', 2, 10), ('t01000', '2026-01-01', 3, 5), ('f01001', '2026-01-02', 1, 1)`,
    );
    await database.query(readFileSync(MIGRATION, 'utf8'));
  });
  afterAll(() => database.drop());

  it('get that of the miners on record: who gave a DAG back, and why others did not', async () => {
    const rows = await database.query('SELECT root, miner, reasons FROM retrievals ORDER BY root');
    expect(rows).toEqual([
      {
        root: 'a',
        miner: 't01000',
        reasons: [
          { miner: 't01001', reason: 'timeout' },
          { miner: null, reason: 'store' },
          { miner: 't01000', reason: 'not-held' },
        ],
      },
      { root: 'b', miner: 't01001', reasons: [] },
      { root: 'c', miner: null, reasons: [{ miner: 'a name', reason: 'timeout' }] },
    ]);
  });

  it('of one day are added up', async () => {
    const rows = await database.query('SELECT miner, proposals, bytes::int AS bytes FROM miner_days ORDER BY miner');
    expect(rows).toEqual([
      { miner: 't01000', proposals: 5, bytes: 15 },
      { miner: 't01001', proposals: 1, bytes: 1 },
    ]);
  });
});
