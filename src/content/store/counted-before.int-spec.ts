import { readFileSync } from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';

jest.setTimeout(30_000);

const MIB = 1024 * 1024;
const MIGRATION = path.resolve('prisma/migrations/0053_count_what_is_stored/migration.sql');

/** What the migration does to rows, without what it does to tables: those are as it left them. */
function statementsOnRows(): string[] {
  return readFileSync(MIGRATION, 'utf8')
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => /^(WITH|UPDATE)/.test(text));
}

describe('what was stored before quotas counted what is stored', () => {
  let database: TestDatabase;
  const ann = randomUUID();
  const car = randomUUID();

  beforeAll(async () => {
    database = await testDatabase();
    await database.query("INSERT INTO users (id, username) VALUES ($1, 'ann')", [ann]);
    await database.query("INSERT INTO cars (id, kind, owner, state) VALUES ($1, 'single', 'n/api', 'sealed')", [car]);
    await database.query('INSERT INTO account_usage (user_id, bytes, contents) VALUES ($1, 1, 1)', [ann]);
  });
  afterAll(() => database.drop());

  /** A DAG and a content of it as the last release wrote them; `at`: where its run begins. */
  async function plant(name: string, size: number, carBytes: number, blocks: number, at: number): Promise<void> {
    const [dag] = await database.query<{ id: string }>(
      'INSERT INTO dags (root, size, car_bytes, blocks) VALUES ($1, $2, $3, $4) RETURNING id',
      [name, size, carBytes, blocks],
    );
    await database.query(
      'INSERT INTO runs (dag_id, copy, seq, car_id, "offset", length) VALUES ($1, 0, 0, $2, $3, $4)',
      [dag!.id, car, at, carBytes],
    );
    await database.query(
      `INSERT INTO contents (user_id, dag_id, cid, name, size, profile, replication) VALUES ($1, $2, $3, $3, $4, 'car', 6)`,
      [ann, dag!.id, name, size],
    );
  }

  it('counts from now on with the bytes that its CAR sections say, and so does its account', async () => {
    await plant('a small file', 2_000, 2_000 + 2 + 36, 1, 0);
    await plant('a tiny file', 50, 50 + 1 + 36, 1, 10_000);
    await plant('a file of three leaves', 3 * MIB, 3 * MIB + 3 * 39 + 190, 4, 20_000);
    await plant('one that claims nothing', 0, 12 * (MIB + 39) + 700, 13, 5 * MIB);
    await plant('one that claims more', 10 * MIB, MIB + 39, 1, 30 * MIB);
    await plant('first of two roots', 0, 2 * (MIB + 39), 2, 40 * MIB);
    await plant('second of two roots', 7, 2 * (MIB + 39), 2, 40 * MIB);
    for (const statement of statementsOnRows()) await database.query(statement);
    const rows = await database.query<{ name: string; stored: string }>(
      'SELECT name, stored_bytes AS stored FROM contents ORDER BY id',
    );
    const counted = Object.fromEntries(rows.map(({ name, stored }) => [name, Number(stored)]));
    expect(counted).toMatchObject({
      'a small file': 2_000,
      'a tiny file': 50,
      'a file of three leaves': 3 * MIB,
      'one that claims more': MIB,
      'first of two roots': 2 * MIB,
      'second of two roots': 7,
    });
    expect(Math.abs((counted['one that claims nothing'] ?? 0) - 12 * MIB)).toBeLessThan(1_000);
    const [usage] = await database.query<{ bytes: string }>('SELECT bytes FROM account_usage WHERE user_id = $1', [
      ann,
    ]);
    expect(Number(usage?.bytes)).toBe(Object.values(counted).reduce((sum, bytes) => sum + bytes, 0));
  });
});
