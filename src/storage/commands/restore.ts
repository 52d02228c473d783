import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { AppConfig } from '../../config/index.js';
import { carId } from '../../shared/index.js';
import { BackupUnusable } from '../domain/storage.errors.js';
import type { FolderIdentity } from '../places/folder-identity.js';
import type { LocalCarFolder } from '../places/local-car-folder.js';
import type { RestoredRows } from '../store/backup-rows.store.js';
import type { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import { sizeOf } from '../places/file-facts.js';
import { checkedBytes, readManifest, type Manifest } from './backup-files.js';
import { DurableFiles, eachAtOnce, writeWhole } from './durable-files.js';

export interface RestoreTools {
  config: AppConfig;
  identity: FolderIdentity;
  folder: LocalCarFolder;
  platform: PostgresPlatformStore;
  /** The database, which is to be empty and to have the migrations that the backup names. */
  rows: () => Promise<RestoredRows>;
}

/** CARs that are restored at once. */
const AT_ONCE = 8;

/**
 * A backup becomes a data folder and a database again: CARs first, each checked on its way, then all rows in one
 * transaction. The folder must hold no CAR and bear no name, the database must hold no row; a restore that was cut off
 * goes on when it is run again, and nothing starts on the folder before it has finished.
 *
 * @throws BackupUnusable, and leaves what was there as it was
 */
export async function restore(tools: RestoreTools, source: string): Promise<Manifest> {
  const { identity, platform } = tools;
  const manifest = await readManifest(source);
  const marks = await identity.read();
  const goesOn = marks.restoring === restoreMark(manifest);
  if (!goesOn) await assertEmptyFolder(tools, marks.folder);

  const rows = await tools.rows();
  try {
    await assertSameTables(rows, manifest);
    const used = await rows.used();
    const isFilled = goesOn && used.length > 0 && (await platform.identity()).id === manifest.platformId;
    if (used.length > 0 && !isFilled)
      throw new BackupUnusable(`the database is not empty (${used.slice(0, 3).join(', ')}): restore into a new one`);
    await identity.markRestoring(restoreMark(manifest));
    await writeNodeId(tools.config, manifest);
    await restoreCars(tools.folder, source, manifest.cars);
    if (!isFilled) await fill(rows, source, manifest);
  } finally {
    await rows.close();
  }
  await identity.write(manifest.platformId, await platform.nextGeneration(0n));
  await identity.clearRestoring();
  return manifest;
}

async function fill(rows: RestoredRows, source: string, manifest: Manifest): Promise<void> {
  await rows.empty(manifest.tables);
  for (const table of manifest.tables) await pipeline(checkedBytes(source, table), createGunzip(), rows.copyIn(table));
  // What was damaged or missing when the backup was made may be here as it was before.
  await rows.lookAt(
    manifest.nodeId,
    manifest.cars.map(({ id }) => id),
  );
  await rows.commit(manifest.tables, manifest.sequences);
}

async function restoreCars(folder: LocalCarFolder, source: string, cars: Manifest['cars']): Promise<void> {
  const files = new DurableFiles();
  await eachAtOnce(cars, AT_ONCE, (car) => restoreCar(folder, files, source, car));
  await files.settle();
}

/** One that is there already, of a restore that was cut off, has been checked: it has its name since it was whole. */
async function restoreCar(
  folder: LocalCarFolder,
  files: DurableFiles,
  source: string,
  car: Manifest['cars'][number],
): Promise<void> {
  const target = folder.pathOf(carId(car.id));
  if ((await sizeOf(target)) !== car.bytes) await files.write(target, checkedBytes(source, car));
}

async function assertEmptyFolder({ config, folder }: RestoreTools, platformId: string | null): Promise<void> {
  if (platformId !== null || (await sizeOf(config.inData('node-id'))) !== null)
    throw new BackupUnusable(`${config.dataDir} is the data folder of a platform: restore into a new one`);
  for await (const { id } of folder.list())
    throw new BackupUnusable(`${config.dataDir} holds CARs (${id}): restore into a new folder`);
  const index = await readdir(config.inData('index')).catch(() => []);
  if (index.length > 0) throw new BackupUnusable(`${config.dataDir} has a block index: restore into a new folder`);
}

async function assertSameTables(rows: RestoredRows, { migrations }: Manifest): Promise<void> {
  const here = new Set(await rows.migrations());
  const missing = migrations.filter((name) => !here.has(name));
  const more = [...here].filter((name) => !migrations.includes(name));
  if (missing.length > 0)
    throw new BackupUnusable(
      `the backup is of a newer version (${missing[0]} is not known here): restore it with the version that made it, or a newer one`,
    );
  if (more.length > 0)
    throw new BackupUnusable(
      `the database is of a newer version (${more[0]}) than the backup: restore into a new and empty one, ` +
        `with npm run cli -- restore, which makes its tables as the backup has them; the next start brings them up to date`,
    );
}

/** The folder is the node that was backed up: rows of CARs bear its name. */
async function writeNodeId(config: AppConfig, { nodeId }: Manifest): Promise<void> {
  const file = config.inData('node-id');
  await mkdir(config.dataDir, { recursive: true });
  if ((await sizeOf(file)) === null) await writeWhole(file, [Buffer.from(`${nodeId}\n`)]);
  else if ((await readFile(file, 'utf8')).trim() !== nodeId)
    throw new BackupUnusable(`${path.join(config.dataDir, 'node-id')} names another node than the backup`);
}

function restoreMark({ platformId, dump }: Manifest): string {
  return `${platformId} ${dump}`;
}
