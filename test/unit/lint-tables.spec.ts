import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCHEMA = `
// ---------------------------------------------------------------- garden

model Tree {
  id    BigInt @id
  fruit Apple[]

  @@map("trees")
}

// ---------------------------------------------------------------- kitchen

model Apple {
  id     BigInt @id
  treeId BigInt @map("tree_id")
  tree   Tree   @relation(fields: [treeId], references: [id])

  @@map("apples")
}

// ---------------------------------------------------------------- platform

model OutboxEvent {
  id BigInt @id

  @@map("outbox")
}
`;

describe('the check of whose table it is', () => {
  let root: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  /** The faults, and whether the check failed. */
  const check = (): { faults: string[]; failed: boolean } => {
    const { status, stderr } = spawnSync(process.execPath, [resolve('scripts/lint-tables.mjs'), root], {
      encoding: 'utf8',
    });
    return { faults: stderr.split('\n').filter((line) => line.startsWith('src/')), failed: status === 1 };
  };
  const planted = (path: string, text: string) => {
    write(path, text);
    return check();
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tidewater-tables-'));
    write('prisma/schema.prisma', SCHEMA);
    write('src/garden/store/trees.sql.ts', 'export const ALL = sql(`SELECT * FROM trees t, unnest($1) AS x`);');
    write('src/kitchen/store/apples.store.ts', 'this.database.apple.findMany({ where: { treeId } });');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('passes a house in which everybody keeps to their own', () => {
    write('src/kitchen/store/eaten.sql', "-- FROM trees\nSELECT batch->'trees' FROM apples;");
    write('src/kitchen/domain/talk.ts', "/** Falls from trees. */ throw new Error('apples come from trees');");
    write('src/kitchen/store/apples.int-spec.ts', "query('INSERT INTO trees VALUES (1)');");
    write('src/garden/store/tree.ts', 'this.database.tree.findMany();');
    write('src/kitchen/store/apple.ts', 'this.database.apple.count(); const grown = { tree: { height: 3 } };');
    expect(check()).toEqual({ faults: [], failed: false });
  });

  it.each([
    ['a join', 'src/kitchen/store/a.sql.ts', 'sql(`SELECT 1 FROM apples JOIN trees ON true`)'],
    ['a list', 'src/kitchen/store/a.sql.ts', 'sql(`SELECT 1 FROM apples a, trees t`)'],
    ['a list with a function', 'src/kitchen/store/a.sql.ts', 'sql(`SELECT 1 FROM unnest($1) AS x, trees WHERE true`)'],
    ['quotes', 'src/kitchen/store/a.store.ts', 'run(`DELETE FROM "trees"`)'],
    ['small letters', 'src/kitchen/store/a.sql', 'select 1 from trees;'],
    ['an update', 'src/kitchen/store/a.store.ts', 'tx.$executeRaw`UPDATE trees SET id = 1`'],
    ['a function of SQL', 'src/kitchen/store/a.sql', 'BEGIN INSERT INTO trees VALUES (1); END'],
    ['a lease', 'src/kitchen/store/a.store.ts', "new Leases({ table: 'trees', key: 'id' })"],
    ['a trigger', 'src/kitchen/store/a.sql', 'CREATE TRIGGER t AFTER INSERT ON trees EXECUTE FUNCTION f();'],
  ])('finds the table of another room by %s', (_, path, text) => {
    expect(planted(path, text)).toEqual({
      faults: [`${path}: kitchen names the table trees of garden`],
      failed: true,
    });
  });

  it('finds the Prisma delegate of another room', () => {
    const path = 'src/garden/store/a.store.ts';
    const { faults } = planted(path, 'const n = await tx.apple\n  .count({});');
    expect(faults).toEqual([`${path}: garden names the delegate apple of kitchen`]);
  });

  it.each([
    'tx.apple.findMany({ include: { tree: { select: { id: true } } } })',
    'tx.apple.findMany({ where: { id, tree: { id } } })',
    'const withTree = { tree: { select: { id: true } } }; tx.apple.count(x)',
  ])('finds a relation that leads into the table of another room: %s', (text) => {
    const path = 'src/kitchen/store/a.store.ts';
    const { faults } = planted(path, text);
    expect(faults).toEqual([`${path}: kitchen reaches into garden by the relation tree`]);
  });

  it('lets nobody but the platform write its tables', () => {
    const path = 'src/garden/store/a.sql';
    const { faults } = planted(path, 'INSERT INTO outbox VALUES (1);');
    expect(faults).toEqual([`${path}: garden names the table outbox of platform`]);
  });

  it('knows folders that own no table at all', () => {
    const { faults } = planted('src/adapters/x/a.ts', 'pool.query(`SELECT 1 FROM apples`)');
    expect(faults).toEqual(['src/adapters/x/a.ts: no room (adapters) names the table apples of kitchen']);
  });
});
