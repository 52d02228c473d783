import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const RULE = 'no-restricted-syntax';

/** What the rule of restricted syntax, as configured for the file of this path, says of a text that stands there. */
async function faultsIn(path: string, text: string): Promise<string[]> {
  const config = (await new ESLint().calculateConfigForFile(resolve(path))) as Linter.Config;
  const messages = new Linter().verify(
    text,
    {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser as Linter.Parser },
      rules: { [RULE]: config.rules?.[RULE] ?? 'off' },
    },
    { filename: 'planted.ts' },
  );
  return messages.map(({ message }) => message);
}

describe('the lint of the one database seam', () => {
  const STORE = 'src/deals/store/planted.store.ts';

  it.each([
    ['a tagged statement', 'await tx.$queryRaw`${x}`;', /runs by query or execute/],
    ['a raw statement', 'await tx.$executeRawUnsafe(text);', /runs by query or execute/],
    ["Prisma's own transaction", 'await this.database.$transaction(work);', /database\.transaction/],
    ['a text of SQL', 'run(`SELECT 1 FROM deals`);', /stand in \*\.sql\.ts/],
    ['a text of SQL on lines of its own', 'run(`\n  WITH due AS (x) ${y}`);', /stand in \*\.sql\.ts/],
    ['a text of SQL in quotes', "run('DELETE FROM deals');", /stand in \*\.sql\.ts/],
  ])('finds %s in a store', async (_, text, expected) => {
    expect(await faultsIn(STORE, text)).toEqual([expect.stringMatching(expected)]);
  });

  it('lets texts of SQL stand in *.sql.ts, and plain words anywhere', async () => {
    expect(await faultsIn('src/deals/store/planted.sql.ts', 'sql(`SELECT 1 FROM deals`);')).toEqual([]);
    expect(await faultsIn(STORE, "throw new Error('with nothing to select'); x.transaction(y);")).toEqual([]);
  });
});
