import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { applyMigrations, ensureDatabase, MigrationFailed, type DatabaseTexts } from './migrations.js';

const REAL = { migrations: resolve('prisma/migrations'), functions: resolve('src') };

describe('applying migrations', () => {
  let database: TestDatabase;
  let url: string;
  let folder: string;
  let texts: DatabaseTexts;

  const write = (name: string, sql: string): void => {
    mkdirSync(join(texts.migrations, name), { recursive: true });
    writeFileSync(join(texts.migrations, name, 'migration.sql'), sql);
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
    texts = { migrations: join(folder, 'migrations'), functions: join(folder, 'source') };
    mkdirSync(texts.functions);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('applies them in the order of their names, once', async () => {
    write('0002_fill', 'INSERT INTO word VALUES (1)');
    write('0001_make', 'CREATE TABLE word (n int)');
    expect(await applyMigrations(url, texts)).toEqual(['0001_make', '0002_fill']);
    expect(await applyMigrations(url, texts)).toEqual([]);
    expect(await database.query('SELECT n FROM word')).toEqual([{ n: 1 }]);
  });

  it('writes the history as Prisma does', async () => {
    write('0001_make', 'CREATE TABLE word (n int)');
    await applyMigrations(url, texts);
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
    await expect(applyMigrations(url, texts)).rejects.toThrow(/0002_break failed: .*no number/);
    expect(await database.query("SELECT to_regclass('word') AS word, to_regclass('other') AS other")).toEqual([
      { word: 'word', other: null },
    ]);
  });

  it('refuses a migration that changed after it was applied', async () => {
    write('0001_make', 'CREATE TABLE word (n int)');
    await applyMigrations(url, texts);
    write('0001_make', 'CREATE TABLE word (n bigint)');
    await expect(applyMigrations(url, texts)).rejects.toThrow(MigrationFailed);
  });

  it('refuses data of a newer version', async () => {
    write('0001_make', 'CREATE TABLE word (n int)');
    write('0002_newer', 'CREATE TABLE newer (n int)');
    await applyMigrations(url, texts);
    rmSync(join(texts.migrations, '0002_newer'), { recursive: true });
    await expect(applyMigrations(url, texts)).rejects.toThrow(/newer version/);
  });

  it('lets two starters at once apply each migration only once', async () => {
    write('0001_make', 'CREATE TABLE word (n int); INSERT INTO word VALUES (1); SELECT pg_sleep(0.2)');
    const applied = await Promise.all([applyMigrations(url, texts), applyMigrations(url, texts)]);
    expect(applied.flat()).toEqual(['0001_make']);
  });

  it('makes a database that is not there, and leaves one that is', async () => {
    const missing = new URL(url);
    missing.pathname = `${missing.pathname}_made`;
    await ensureDatabase(missing.href);
    await ensureDatabase(missing.href);
    expect(await applyMigrations(missing.href, REAL)).toContain('0001_lay_the_tables');
    await database.query(`DROP DATABASE ${missing.pathname.slice(1)} WITH (FORCE)`);
  });

  describe('and the functions beside them', () => {
    const writeFunction = (name: string, result: number): void => {
      mkdirSync(join(texts.functions, 'room/store'), { recursive: true });
      writeFileSync(
        join(texts.functions, 'room/store', name),
        `CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT ${result}';`,
      );
    };
    const answer = async () => (await database.query<{ answer: number }>('SELECT answer()'))[0]?.answer;

    it('applies a function when it is new and when it changed, and at no other time', async () => {
      write('0001_make', 'CREATE TABLE word (n int)');
      writeFunction('answer.sql', 42);
      expect(await applyMigrations(url, texts)).toEqual(['0001_make', 'answer.sql']);
      expect(await answer()).toBe(42);
      expect(await applyMigrations(url, texts)).toEqual([]);
      writeFunction('answer.sql', 43);
      expect(await applyMigrations(url, texts)).toEqual(['answer.sql']);
      expect(await answer()).toBe(43);
    });

    it('lets the file win over the text that a later migration brings', async () => {
      writeFunction('answer.sql', 43);
      write('0001_make', 'CREATE TABLE word (n int)');
      await applyMigrations(url, texts);
      write('0002_functions', "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'");
      await applyMigrations(url, texts);
      expect(await answer()).toBe(43);
    });

    it('lets functions name each other whatever the order of their files, and none that is not there', async () => {
      write('0001_make', 'CREATE TABLE word (n int)');
      writeFunction('answer.sql', 42);
      const calling = (name: string) =>
        `CREATE OR REPLACE FUNCTION early() RETURNS int LANGUAGE sql AS 'SELECT ${name}()'`;
      writeFileSync(join(texts.functions, 'a-caller.sql'), calling('answer'));
      expect(await applyMigrations(url, texts)).toEqual(['0001_make', 'a-caller.sql', 'answer.sql']);
      expect(await database.query('SELECT early()')).toEqual([{ early: 42 }]);
      writeFileSync(join(texts.functions, 'a-caller.sql'), calling('question'));
      await expect(applyMigrations(url, texts)).rejects.toThrow(/a-caller.sql cannot be applied: .*question/);
    });

    it('keeps all functions as they were when one cannot be applied', async () => {
      write('0001_make', 'CREATE TABLE word (n int)');
      writeFunction('answer.sql', 42);
      await applyMigrations(url, texts);
      writeFunction('answer.sql', 43);
      writeFileSync(join(texts.functions, 'broken.sql'), 'CREATE FUNCTION nothing(');
      await expect(applyMigrations(url, texts)).rejects.toThrow(/broken.sql cannot be applied/);
      expect(await answer()).toBe(42);
    });

    it('are the same by the files alone and by the migrations alone', async () => {
      const functions = `SELECT proname, pg_get_functiondef(p.oid) AS text FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace ORDER BY 1`;
      const triggers = `SELECT tgname, pg_get_triggerdef(oid) AS text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`;
      await applyMigrations(url, { ...REAL, functions: texts.functions });
      const byMigrations = [await database.query(functions), await database.query(triggers)];
      expect(byMigrations[0]?.length).toBeGreaterThan(5);
      await applyMigrations(url, REAL);
      expect([await database.query(functions), await database.query(triggers)]).toEqual(byMigrations);
    });
  });
});
