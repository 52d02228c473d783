// node scripts/prisma-migration.mjs <words of its name>: writes the SQL that leads from prisma/migrations to
// prisma/schema.prisma as a new migration. Read it before you commit it, and add by hand what the schema cannot say.
// node scripts/prisma-migration.mjs --functions: writes a migration with the files of SQL functions (src/**/*.sql) that changed
// since the last such migration, for deploys by Prisma's own command.
// node scripts/prisma-migration.mjs --check: exit code 1 when schema, functions and migrations disagree, or two migrations bear one number.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from './steps/pinned-node.mjs';
import { root } from './steps/root.mjs';

const folder = join(root, 'prisma', 'migrations');
const lock = '# Prisma reads this: the migrations are those of PostgreSQL.\nprovider = "postgresql"\n';
const node = pinnedNode();

if (process.env.TIDEWATER_PINNED !== '1' && process.execPath !== node) {
  // The work below needs the pinned Node (WebAssembly references, type stripping): start over on it.
  try {
    execFileSync(node, process.argv.slice(1), { stdio: 'inherit', env: { ...process.env, TIDEWATER_PINNED: '1' } });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
} else {
  process.exitCode = await main(process.argv.slice(2));
}

async function main(words) {
  const check = words.includes('--check');
  if (!check && words.length === 0) {
    console.error('usage: node scripts/prisma-migration.mjs <words of its name> | --functions | --check');
    return 2;
  }
  const { functionFaults, functionsMigration, nextNumber } = await import('./steps/function-migrations.mjs');
  if (words.includes('--functions')) {
    const text = functionsMigration();
    if (text === null) console.log('The migrations hold all functions as they are.');
    else write(`${nextNumber(migrationNames())}_functions`, text);
    return 0;
  }
  if (check) {
    const faults = functionFaults();
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) return 1;
  }
  const sql = await difference();
  if (sql === '') {
    console.log('The migrations, prisma/schema.prisma and the functions agree.');
    return 0;
  }
  if (check) {
    console.error(`prisma/schema.prisma is not what the migrations make; missing:\n${sql}`);
    return 1;
  }
  const title = words.join('_').toLowerCase();
  write(`${nextNumber(migrationNames())}_${title.replaceAll(/[^a-z0-9]+/g, '_')}`, `${sql}\n`);
  return 0;
}

function write(name, sql) {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), sql);
  writeFileSync(join(folder, 'migration_lock.toml'), lock);
  console.log(`prisma/migrations/${name}/migration.sql`);
}

/** A scratch database to which the engine applies all migrations, compared with the schema by Prisma's own engine (in WebAssembly). */
async function difference() {
  const { startTemporaryPostgres } = await import('./steps/temporary-postgres.mjs');
  const postgres = await startTemporaryPostgres();
  try {
    const engine = await schemaEngine(postgres.url());
    const schema = {
      path: join(root, 'prisma', 'schema.prisma'),
      content: readFileSync(join(root, 'prisma', 'schema.prisma'), 'utf8'),
    };
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...migrationList() },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    const text = (stdout ?? '').trim();
    return text === '-- This is an empty migration.' ? '' : text;
  } finally {
    await postgres.stop();
  }
}

async function schemaEngine(url) {
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils');
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = readFileSync(join(root, 'node_modules/@prisma/schema-engine-wasm/schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
  const adapter = bindMigrationAwareSqlAdapterFactory(await adapterThatKnowsChar(url));
  return bindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

/**
 * The engine reads columns of PostgreSQL's internal type "char" (oid 18) from the catalogue and wants them as
 * characters; Prisma's adapter refuses that type. So the driver calls them text, and the answer calls them characters again.
 */
async function adapterThatKnowsChar(url) {
  const { default: pg } = await import('pg');
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { ColumnTypeEnum } = await import('@prisma/driver-adapter-utils');
  const [char, text] = [18, 25];
  const charColumns = new Set();
  const addFields = pg.Result.prototype.addFields;
  pg.Result.prototype.addFields = function addFieldsWithoutChar(fields) {
    for (const field of fields.filter(({ dataTypeID }) => dataTypeID === char)) {
      charColumns.add(field.name);
      field.dataTypeID = text;
    }
    return addFields.call(this, fields);
  };
  const factory = new PrismaPg({ connectionString: url }, { onPoolError: () => undefined });
  for (const method of ['connect', 'connectToShadowDb']) {
    const connect = factory[method].bind(factory);
    factory[method] = async () => {
      const connection = await connect();
      const queryRaw = connection.queryRaw.bind(connection);
      connection.queryRaw = async (query) => {
        const answer = await queryRaw(query);
        const columnTypes = answer.columnTypes.map((type, i) =>
          charColumns.has(answer.columnNames[i]) ? ColumnTypeEnum.Character : type,
        );
        return { ...answer, columnTypes };
      };
      // The adapter would cut a script at every semicolon, also inside functions and comments.
      connection.executeScript = async (script) => void (await connection.client.query(script));
      return connection;
    };
  }
  return factory;
}

function migrationNames() {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function migrationList() {
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: lock },
    shadowDbInitScript: '',
    migrationDirectories: migrationNames().map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(folder, path, 'migration.sql'), 'utf8') },
      },
    })),
  };
}
