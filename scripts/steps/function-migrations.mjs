// The files of SQL functions and the migrations that carry them. Needs the pinned Node.
import './typescript-imports.mjs';
import { join } from 'node:path';
import { root } from './root.mjs';

const { readMigrations } = await import('../../src/launch/migrations.ts');
const { migrationOf, nextNumber, notInMigrations, numbersUsedTwice, readFunctions } =
  await import('../../src/launch/sql-functions.ts');

const migrations = () => readMigrations(join(root, 'prisma/migrations'));
const changed = () => notInMigrations(readFunctions(join(root, 'src')), migrations());

export { nextNumber };

/** The text of the next migration of functions; null when there is nothing to bring. */
export function functionsMigration() {
  const files = changed();
  return files.length === 0 ? null : migrationOf(files);
}

/** What is wrong, in words. */
export function functionFaults() {
  return [
    ...changed().map(
      ({ name }) => `${name} is in no migration as it is now: node scripts/prisma-migration.mjs --functions writes one`,
    ),
    ...numbersUsedTwice(migrations().map(({ name }) => name)).map(
      (number) => `two migrations bear the number ${number}`,
    ),
  ];
}
