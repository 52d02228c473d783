import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readMigrations } from './migrations.js';
import {
  migrationOf,
  nextNumber,
  notInMigrations,
  numbersUsedTwice,
  readFunctions,
  type FunctionFile,
} from './sql-functions.js';

const names = (files: FunctionFile[]) => files.map(({ name }) => name);
const migration = (name: string, sql: string) => ({ name, sql });

describe('files of SQL functions', () => {
  let folder: string;
  const write = (path: string, sql: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), sql);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidewater-functions-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are found at any depth, in the order of their names', () => {
    write('b/store/first.sql', 'SELECT 1');
    write('a/deep/er/second.sql', 'SELECT 2');
    write('a/other.sql.ts', 'no function');
    expect(names(readFunctions(folder))).toEqual(['first.sql', 'second.sql']);
  });

  it('may not share a name, for they may move between folders', () => {
    write('a/same.sql', 'SELECT 1');
    write('b/same.sql', 'SELECT 2');
    expect(() => readFunctions(folder)).toThrow(/same\.sql/);
  });

  it('go into a migration when they are new and when they changed, and not again', () => {
    write('a/one.sql', 'SELECT 1');
    write('a/two.sql', 'SELECT 2');
    const first = migration('0001_functions', migrationOf(notInMigrations(readFunctions(folder), [])));
    expect(first.sql).toContain('SELECT 2');
    expect(notInMigrations(readFunctions(folder), [first])).toEqual([]);
    write('a/one.sql', 'SELECT 11');
    expect(names(notInMigrations(readFunctions(folder), [first]))).toEqual(['one.sql']);
    const second = migration('0002_functions', migrationOf(notInMigrations(readFunctions(folder), [first])));
    expect(notInMigrations(readFunctions(folder), [first, second])).toEqual([]);
    write('a/one.sql', 'SELECT 1');
    expect(names(notInMigrations(readFunctions(folder), [first, second]))).toEqual(['one.sql']);
  });
});

describe('numbers of migrations', () => {
  it('go on after the highest', () => {
    expect(nextNumber([])).toBe('0001');
    expect(nextNumber(['0001_a', '0014_b', '0003_c'])).toBe('0015');
  });

  it('are used once, but for two of the first ones', () => {
    expect(numbersUsedTwice(['0005_a', '0005_b', '0006_c', '0007_d', '0007_e'])).toEqual(['0007']);
    expect(numbersUsedTwice(readMigrations(resolve('prisma/migrations')).map(({ name }) => name))).toEqual([]);
  });
});
