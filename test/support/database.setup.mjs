// Once per jest run of the integration ring: a database server, and in it a template with all migrations applied.
// Every spec file then makes a database of its own from the template (test-database.ts).
import { join } from 'node:path';
import pg from 'pg';
import '../../scripts/steps/typescript-imports.mjs';

const { applyMigrations } = await import('../../src/launch/migrations.ts');
const root = join(import.meta.dirname, '..', '..');
const texts = { migrations: join(root, 'prisma', 'migrations'), functions: join(root, 'src') };

export default async function prepareDatabase() {
  const server = await findServer();
  const template = `tidewater_template_${process.pid}`;
  await onServer(server.url, `CREATE DATABASE ${template}`);
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  await applyMigrations(url.href, texts);
  process.env.TIDEWATER_TEST_SERVER = JSON.stringify({ url: server.url, template });
  globalThis.tidewaterTestDatabase = {
    async stop() {
      if (server.stop === undefined) await onServer(server.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
      else await server.stop();
    },
  };
}

/** TEST_DATABASE_URL names a server whose user may create databases; without it an embedded one is started. */
async function findServer() {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given };
  const { startTemporaryPostgres } = await import('../../scripts/steps/temporary-postgres.mjs');
  const postgres = await startTemporaryPostgres();
  return { url: postgres.url(), stop: postgres.stop };
}

async function onServer(connectionString, sql) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
