import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { migrate } from '../../../test/support/migrate.js';
import { runCommand } from '../../../test/stories/support/command.js';
import { emptyDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { CarReclaimer } from '../cars/car-reclaimer.js';
import { SegmentCommitter } from '../cars/segment-committer.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { StorageCommands } from '../storage-commands.js';
import { verifyBackup } from './verify-backup.js';

const MIB = 1024 * 1024;
/** The last one before contents counted what is stored for them: rows change on their way to today. */
const LAST_MIGRATION = '0048';

describe('a backup that an older version made', () => {
  let node: ContentNode;
  let alice: Client;
  let old: TestDatabase;
  let fresh: TestDatabase;
  const target = path.join(tmpdir(), `tidewater-older-${process.pid}`);
  const folder = `${target}-restored`;
  const stored: { id: number; cid: string; bytes: Buffer }[] = [];
  let deleted: { id: number; cid: string; bytes: Buffer };
  let counted: unknown;

  beforeAll(async () => {
    node = await contentNode({ LOG_LEVEL: 'silent' });
    alice = new Client(node, node.alice);
    for (const size of [1_000, 2_000, 3 * MIB]) stored.push(await put(size));
    deleted = await put(700);
    await alice.delete(deleted.id);
    await node.app.get(SegmentCommitter, { strict: false }).sealNow();
    stored.push(await put(1_500));
    counted = await counts(node.database);
    await node.stop();
    [old, fresh] = [await emptyDatabase(), await emptyDatabase()];
    await migrate(old, { last: LAST_MIGRATION });
    await takeRows(node.database, old);
    await using storage = new StorageCommands(configOf(old, node.dataDir));
    await storage.backup(target);
  }, 120_000);
  afterAll(async () => {
    await node.close();
    for (const database of [old, fresh]) await database.drop();
    for (const each of [target, folder]) await rm(each, { recursive: true, force: true });
  }, 60_000);

  const configOf = ({ url }: TestDatabase, dataDir: string) =>
    AppConfig.parse({ DATABASE_URL: url, TIDEWATER_DATA: dataDir });
  const counts = (database: TestDatabase) => database.query('SELECT id, state, stored_bytes FROM contents ORDER BY id');
  const manifestFile = path.join(target, 'manifest.json');

  async function put(size: number) {
    const bytes = randomBytes(size);
    const { status, body } = await alice.put(bytes);
    expect(status).toBe(200);
    return { id: body.estuaryId, cid: body.cid, bytes };
  }

  /** Rows of today in tables as they were: the old version wrote such. */
  async function takeRows(from: TestDatabase, to: TestDatabase): Promise<void> {
    const columns = `SELECT table_name AS name, array_agg(column_name::text) AS columns FROM information_schema.columns
      JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_%' AND is_generated = 'NEVER' GROUP BY 1`;
    const known = new Map(
      (await from.query<{ name: string; columns: string[] }>(columns)).map((table) => [table.name, table.columns]),
    );
    for (const table of await to.query<{ name: string; columns: string[] }>(columns)) {
      const common = table.columns.filter((column) => known.get(table.name)?.includes(column));
      const [rows] = await from.query<{ rows: string | null }>(
        `SELECT json_agg(t)::text AS rows FROM "${table.name}" t`,
      );
      const names = common.map((column) => `"${column}"`).join(', ');
      // Text and quotes only of the catalogue; all in one connection, which has to look past foreign keys.
      await to.query(
        `DO $do$ BEGIN SET LOCAL session_replication_role = replica; DELETE FROM "${table.name}";
         INSERT INTO "${table.name}" (${names}) SELECT ${names} FROM json_populate_recordset(NULL::"${table.name}", $json$${rows?.rows ?? '[]'}$json$); END $do$`,
      );
    }
    const sequences = 'SELECT sequencename AS name, last_value AS value FROM pg_sequences WHERE last_value IS NOT NULL';
    for (const { name, value } of await from.query<{ name: string; value: string }>(sequences))
      await to.query(`SELECT setval(oid, $2) FROM pg_class WHERE relname = $1 AND relkind = 'S'`, [name, value]);
  }

  const restore = async (into: TestDatabase) => {
    await using storage = new StorageCommands(configOf(into, folder));
    return await storage.restore(target);
  };

  it('is whole, and names the migrations that it has', async () => {
    const { manifest, problems } = await verifyBackup(target);
    expect(problems).toEqual([]);
    expect(manifest.migrations.at(-1)).toMatch(new RegExp(`^${LAST_MIGRATION}`));
    expect(manifest.missing).toEqual([]);
  });

  it('is refused by a database of today, and one of a newer version by this one, with what to do', async () => {
    const today = await emptyDatabase();
    await migrate(today);
    await expect(restore(today)).rejects.toMatchObject({
      code: 'ERR_BACKUP_UNUSABLE',
      message: expect.stringContaining('npm run cli -- restore'),
    });
    const text = await readFile(manifestFile, 'utf8');
    const newer = JSON.parse(text) as { migrations: string[] };
    newer.migrations.push('9999_to_come');
    await writeFile(manifestFile, JSON.stringify(newer));
    await expect(restore(today)).rejects.toMatchObject({
      code: 'ERR_BACKUP_UNUSABLE',
      message: expect.stringContaining('restore it with the version that made it, or a newer one'),
    });
    await writeFile(manifestFile, text);
    await today.drop();
  }, 60_000);

  it('is restored by the command as that version, and the next start brings it up to date: every byte, content and count is there', async () => {
    const { migrations } = JSON.parse(await readFile(manifestFile, 'utf8')) as { migrations: string[] };
    const said = await runCommand({ dataDir: folder }, ['restore', target], { DATABASE_URL: fresh.url });
    expect(said).toMatchObject({ code: 0, output: expect.stringContaining('start it with npm start') });
    const applied = await fresh.query<{ migration_name: string }>(
      'SELECT migration_name FROM _prisma_migrations ORDER BY 1',
    );
    expect(applied.map((row) => row.migration_name)).toEqual(migrations);
    await migrate(fresh);
    await node.start({ DATABASE_URL: fresh.url, TIDEWATER_DATA: folder });
    for (const { id, cid, bytes } of stored) {
      expect((await alice.get<object>(`/content/${id}`)).body).toMatchObject({ cid, state: 'stored' });
      const gateway = await node.app.get(HotBlocks, { strict: false }).get(CID.parse(cid));
      if (bytes.length < MIB) expect(Buffer.from(gateway!).equals(bytes)).toBe(true);
      else expect(gateway).not.toBeNull();
    }
    expect((await alice.get(`/content/${deleted.id}`)).status).toBe(404);
    expect(await counts(fresh)).toEqual(counted);
    expect(await node.app.get(CarReclaimer, { strict: false }).sweep()).toMatchObject({ setAside: 0, notOurs: 0 });
    expect((await put(900)).id).toBeGreaterThan(deleted.id);
    await alice.delete(stored[0]!.id);
    expect(await node.app.get(HotBlocks, { strict: false }).get(CID.parse(stored[0]!.cid))).toBeNull();
  }, 240_000);
});
