import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { applyMigrations, ensureDatabase, MigrationFailed } from './migrations.js';

describe('applying migrations', () => {
  let database: TestDatabase;
  let url: string;
  let folder: string;

  const write = (name: string, sql: string): void => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  };

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    await database.query('DROP SCHEMA public CASCADE');
    await database.query('CREATE SCHEMA public');
    url = database.url;
    folder = mkdtempSync(join(tmpdir(), 'tidewater-migrations-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('applies them in the order of their names, once', async () => {
    write('0002_fill', 'INSERT INTO word VALUES (1)');
    write('0001_make', 'CREATE TABLE word (n int)');
    expect(await applyMigrations(url, folder)).toEqual(['0001_make', '0002_fill']);
    expect(await applyMigrations(url, folder)).toEqual([]);
    expect(await database.query('SELECT n FROM word')).toEqual([{ n: 1 }]);
  });

  it('writes the history as Prisma does', async () => {
    write('0001_make', 'CREATE TABLE word (n int)');
    await applyMigrations(url, folder);
    const [row] = await database.query(
      'SELECT checksum, migration_name, applied_steps_count, finished_at IS NOT NULL AS finished FROM _prisma_migrations',
    );
    expect(row).toEqual({
      checksum: '4041eb73cd15e63abd46ee70384b6ef45ec6853709e102607c72e9279e3dfb20',
      migration_name: '0001_make',
      applied_steps_count: 1,
      finished: true,
    });
  });

  it('leaves nothing of a migration that fails, and keeps the ones before', async () => {
    write('0001_make', 'CREATE TABLE word (n int)');
    write('0002_break', "CREATE TABLE other (n int); INSERT INTO word VALUES ('no number')");
    await expect(applyMigrations(url, folder)).rejects.toThrow(/0002_break failed: .*no number/);
    expect(await database.query("SELECT to_regclass('word') AS word, to_regclass('other') AS other")).toEqual([
      { word: 'word', other: null },
    ]);
  });

  it('refuses a migration that changed after it was applied', async () => {
    write('0001_make', 'CREATE TABLE word (n int)');
    await applyMigrations(url, folder);
    write('0001_make', 'CREATE TABLE word (n bigint)');
    await expect(applyMigrations(url, folder)).rejects.toThrow(MigrationFailed);
  });

  it('refuses data of a newer version', async () => {
    write('0001_make', 'CREATE TABLE word (n int)');
    write('0002_newer', 'CREATE TABLE newer (n int)');
    await applyMigrations(url, folder);
    rmSync(join(folder, '0002_newer'), { recursive: true });
    await expect(applyMigrations(url, folder)).rejects.toThrow(/newer version/);
  });

  it('lets two starters at once apply each migration only once', async () => {
    write('0001_make', 'CREATE TABLE word (n int); INSERT INTO word VALUES (1); SELECT pg_sleep(0.2)');
    const applied = await Promise.all([applyMigrations(url, folder), applyMigrations(url, folder)]);
    expect(applied.flat()).toEqual(['0001_make']);
  });

  it('makes a database that is not there, and leaves one that is', async () => {
    const missing = new URL(url);
    missing.pathname = `${missing.pathname}_made`;
    await ensureDatabase(missing.href);
    await ensureDatabase(missing.href);
    expect(await applyMigrations(missing.href, resolve('prisma/migrations'))).toContain('0001_lay_the_tables');
    await database.query(`DROP DATABASE ${missing.pathname.slice(1)} WITH (FORCE)`);
  });
});
