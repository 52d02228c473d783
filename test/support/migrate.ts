import path from 'node:path';
import { applyMigrations, readMigrations } from '../../src/launch/migrations.js';
import type { TestDatabase } from './test-database.js';

const texts = { migrations: path.resolve('prisma/migrations'), functions: path.resolve('src') };

/**
 * Brings a database up to date, as `npm start` does, or to what an older version had: the migrations of these names, or
 * those up to a number (`0048`).
 */
export async function migrate(
  { url }: TestDatabase,
  to?: { last: string } | { names: readonly string[] },
): Promise<void> {
  const all = readMigrations(texts.migrations).map(({ name }) => name);
  const isMeant = (name: string): boolean =>
    to === undefined || ('last' in to ? name.slice(0, to.last.length) <= to.last : to.names.includes(name));
  await applyMigrations(url, texts, to === undefined ? null : new Set(all.filter(isMeant)));
}
