// A PostgreSQL for tests and tools: in a temporary folder, no durability, gone when stopped. Needs the pinned Node.
import './typescript-imports.mjs';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { freePort } = await import('../../src/launch/free-port.ts');
const { findProcess, isSameProcess } = await import('../../src/launch/process-identity.ts');
const { PostgresCluster } = await import('../../src/launch/postgres/cluster.ts');
const { stopLeftover } = await import('../../src/launch/postgres/leftover.ts');

const prefix = 'tidewater-postgres-';
const speed = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_wal_size=2GB',
  'checkpoint_timeout=1h',
  'autovacuum_naptime=10s',
];

/** Starts one; `stop()` ends it and removes its folder. */
export async function startTemporaryPostgres() {
  await removeAbandoned();
  const home = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(home, 0o711);
  writeFileSync(join(home, 'owner.json'), JSON.stringify(findProcess(process.pid)));
  const cluster = new PostgresCluster({
    folder: join(home, 'postgres'),
    port: await freePort(),
    password: randomBytes(12).toString('hex'),
    settings: speed,
  });
  await cluster.start();
  return {
    url: (database = 'postgres') => cluster.url(database),
    async stop() {
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What killed test runs left behind: their PostgreSQL is stopped and their folder removed. */
async function removeAbandoned() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const home = join(tmpdir(), name);
    try {
      const owner = JSON.parse(readFileSync(join(home, 'owner.json'), 'utf8'));
      const living = findProcess(owner.pid);
      if (living !== null && isSameProcess(living, owner)) continue;
      await stopLeftover(join(home, 'postgres'));
      rmSync(home, { recursive: true, force: true });
    } catch {
      // Half-made by another run at this moment, or another user's: leave it.
    }
  }
}
