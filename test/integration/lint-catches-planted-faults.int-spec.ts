import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

// A rule that nobody ever broke may be one that cannot fail. Here each is broken once, in a house of a few files that
// has this house's own rules.

const HOUSE: Record<string, string> = {
  'src/shared/index.ts': 'export interface Cid {\n  text: string;\n}\n',
  'src/ipld/index.ts': 'export const RAW = 0x55;\n',
  'src/storage/index.ts': "export { carName } from './domain/car-name.js';\n",
  'src/storage/domain/car-name.ts': 'export const carName = (id: string): string => `${id}.car`;\n',
  'src/content/index.ts': "export { contentName } from './domain/content-name.js';\n",
  'src/content/domain/content-name.ts':
    "import { carName } from '../../storage/index.js';\n\nexport const contentName = carName;\n",
  'src/pinning/api/pins.controller.ts': 'export const controller = 1;\n',
  'src/adapters/lotus/index.ts': 'export const lotus = 1;\n',
  'src/devnet/index.ts': 'export const devnet = 1;\n',
  'src/platform/prisma/index.ts': "export { Database } from './database.js';\n",
  'src/platform/prisma/database.ts':
    'export class Database {\n  $queryRaw = (text: TemplateStringsArray): string => text.join();\n}\n',
};

/** What is planted: which tool says which rule of it, the file, and its text. */
const FAULTS: [
  what: string,
  tool: 'eslint' | 'arrows' | 'tables' | 'format',
  rule: string,
  path: string,
  text: string,
][] = [
  [
    'a retired word in a name',
    'eslint',
    'words/retired-words',
    'src/content/domain/a.ts',
    'export class UrgeRoots {}\n',
  ],
  [
    'a retired word as a field',
    'eslint',
    'words/retired-words',
    'src/content/domain/b.ts',
    'export class A {\n  private readonly bringDag = 1;\n  get it(): number {\n    return this.bringDag;\n  }\n}\n',
  ],
  [
    'a retired name of ordinary words',
    'eslint',
    'id-denylist',
    'src/content/domain/c.ts',
    'export const mayMove = true;\n',
  ],
  [
    'any',
    'eslint',
    '@typescript-eslint/no-explicit-any',
    'src/content/domain/d.ts',
    'export const a = (b: any): string => String(b);\n',
  ],
  [
    'a read of the environment',
    'eslint',
    'no-restricted-syntax',
    'src/content/domain/e.ts',
    'export const a = process.env.PORT;\n',
  ],
  [
    'a read of the raw clock',
    'eslint',
    'no-restricted-syntax',
    'src/content/domain/f.ts',
    'export const a = (): number => Date.now();\n',
  ],
  [
    'a raw query outside the database seam',
    'eslint',
    'no-restricted-syntax',
    'src/miners/store/g.store.ts',
    "import type { Database } from '../../platform/prisma/index.js';\n\nexport const a = (db: Database): string => db.$queryRaw`SELECT 1`;\n",
  ],
  [
    'a promise that nobody waits for',
    'eslint',
    '@typescript-eslint/no-floating-promises',
    'src/content/domain/h.ts',
    'export const a = (b: () => Promise<void>): void => {\n  b();\n};\n',
  ],
  [
    'ipld that imports a room',
    'arrows',
    'ipld-is-pure',
    'src/ipld/a.ts',
    "import { carName } from '../storage/index.js';\n\nexport const a = carName;\n",
  ],
  [
    'storage that imports content',
    'arrows',
    'arrows-of-storage',
    'src/storage/a.ts',
    "import { contentName } from '../content/index.js';\n\nexport const a = contentName;\n",
  ],
  [
    'an import past a door',
    'arrows',
    'door-only',
    'src/content/domain/i.ts',
    "import { carName } from '../../storage/domain/car-name.js';\n\nexport const a = carName;\n",
  ],
  [
    'a room that imports an adapter',
    'arrows',
    'rooms-know-no-adapter',
    'src/content/domain/j.ts',
    "import { lotus } from '../../adapters/lotus/index.js';\n\nexport const a = lotus;\n",
  ],
  [
    'a pure file of a room laid out by subject that imports the framework',
    'arrows',
    'domain-is-pure',
    'src/pinning/scheduler/fair-share.ts',
    "import { Injectable } from '@nestjs/common';\n\nexport const a = Injectable;\n",
  ],
  [
    'a verb of such a room that knows its API',
    'arrows',
    'verbs-know-no-http',
    'src/pinning/requests/a.ts',
    "import { controller } from '../api/pins.controller.js';\n\nexport const a = controller;\n",
  ],
  [
    'the database in a file that is no store',
    'arrows',
    'transactions-are-opaque',
    'src/pinning/requests/b.ts',
    "import { Database } from '../../platform/prisma/index.js';\n\nexport const a = Database;\n",
  ],
  [
    'a devnet that imports a room',
    'arrows',
    'devnet-knows-nothing',
    'src/devnet/a.ts',
    "import { carName } from '../storage/index.js';\n\nexport const a = carName;\n",
  ],
  [
    'a room that imports the devnet',
    'arrows',
    'devnet-is-outside',
    'src/content/domain/k.ts',
    "import { devnet } from '../../devnet/index.js';\n\nexport const a = devnet;\n",
  ],
  [
    'a circle',
    'arrows',
    'no-circles',
    'src/content/domain/l.ts',
    "import { b } from './l2.js';\n\nexport const a = b;\n",
  ],
  [
    'production code that imports test support',
    'arrows',
    'no-testing-in-production',
    'src/content/domain/m.ts',
    "import { until } from '../../../test/support/until.js';\n\nexport const a = until;\n",
  ],
  [
    "another room's table in SQL",
    'tables',
    'content names the table cars of storage',
    'src/content/store/n.sql.ts',
    "export const ALL = 'SELECT * FROM cars';\n",
  ],
  [
    'a file that Prettier would write otherwise',
    'format',
    'src/content/domain/o.ts',
    'src/content/domain/o.ts',
    'export const  a = "b"\n',
  ],
];

describe('lint', () => {
  let root: string;
  const found: Record<string, string> = {};
  const run = (tool: string, ...args: string[]): string => {
    const { stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { cwd: root, encoding: 'utf8' });
    return stdout === '' ? stderr : stdout;
  };
  const bin = (path: string): string => resolve('node_modules', path);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const check = (): void => {
    found.eslint = run(bin('eslint/bin/eslint.js'), 'src', '--format', 'json');
    found.arrows = run(
      bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'src',
      '--output-type',
      'json',
    );
    found.tables = run(resolve('scripts/lint-tables.mjs'), root);
    found.format = run(bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', 'src');
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tidewater-lint-'));
    for (const file of [
      'eslint.config.mjs',
      '.dependency-cruiser.cjs',
      'tsconfig.json',
      'package.json',
      '.prettierrc.json',
      'scripts',
      'prisma/schema.prisma',
      'test/support/until.ts',
    ])
      cpSync(resolve(file), join(root, file), { recursive: true });
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    for (const [path, text] of Object.entries(HOUSE)) write(path, text);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('passes a house without faults', () => {
    check();
    expect(reported()).toEqual([]);
  }, 120_000);

  it('finds every fault that is planted', () => {
    for (const [, , , path, text] of FAULTS) write(path, text);
    write('src/content/domain/l2.ts', "import { a } from './l.js';\n\nexport const b: number = a;\n");
    check();
    const all = reported();
    const missed = FAULTS.filter(
      ([, tool, rule, path]) => !all.some((line) => line.startsWith(`${tool} ${path} ${rule}`)),
    );
    expect(missed.map(([what]) => what)).toEqual([]);
  }, 120_000);

  /** `tool path rule`, a line for each thing that was found. */
  function reported(): string[] {
    const eslint = (
      JSON.parse(found.eslint ?? '[]') as { filePath: string; messages: { ruleId: string | null; message: string }[] }[]
    ).flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, message }) => `eslint ${filePath.slice(root.length + 1)} ${ruleId ?? message}`),
    );
    const { summary } = JSON.parse(found.arrows ?? '') as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    const arrows = summary.violations.map(({ from, rule }) => `arrows ${from} ${rule.name}`);
    const tables = [...(found.tables ?? '').matchAll(/^(src\/\S+): (.*)$/gm)].map(
      ([, path, words]) => `tables ${path} ${words}`,
    );
    const format = [...(found.format ?? '').matchAll(/(src\/\S+\.ts)$/gm)].map(([, path]) => `format ${path} ${path}`);
    return [...eslint, ...arrows, ...tables, ...format];
  }
});
