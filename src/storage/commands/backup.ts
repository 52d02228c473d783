import { createGzip } from 'node:zlib';
import path from 'node:path';
import type { Clock } from '../../shared/index.js';
import { carId, messageOf } from '../../shared/index.js';
import type { PlatformCheck } from '../cars/platform-check.js';
import { BackupUnusable } from '../domain/storage.errors.js';
import type { LocalCarFolder } from '../places/local-car-folder.js';
import type { BackupRows, CarToKeep } from '../store/backup-rows.store.js';
import type { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import { sizeOf } from '../places/file-facts.js';
import { bytesOfCar, findManifest, prune, writeManifest, type Manifest } from './backup-files.js';
import { DurableFiles, eachAtOnce } from './durable-files.js';

export interface BackupTools {
  check: PlatformCheck;
  folder: LocalCarFolder;
  platform: PostgresPlatformStore;
  /** All rows at the moment of the call. */
  snapshot: () => Promise<BackupRows>;
  nodeId: string;
  clock: Clock;
  /** Told as bytes pass. */
  progress?: ((progress: BackupProgress) => void) | undefined;
}

/** How far it is: CARs that are done with, and bytes of them, of all that the backup is to have. */
export interface BackupProgress {
  cars: number;
  ofCars: number;
  bytes: number;
  ofBytes: number;
}

export interface BackupMade {
  manifest: Manifest;
  /** CARs that were copied now; the others were there. */
  copied: number;
  copiedBytes: number;
}

/** A backup that was killed holds removals back for no longer. */
const HOLD_MS = 120_000;
const EXTEND_MS = 20_000;
/** CARs that are copied at once: what waits for the disk waits together. */
const AT_ONCE = 8;

/**
 * A backup of this node into `target`, beside the running platform: rows as of one moment, and every CAR of this node
 * that they know, as far as it was acknowledged then. Removals of CARs are held back first, and until it is done, so
 * what the rows of that moment know is still there. Sealed CARs that lie in the target already are left as they are;
 * the manifest is written last, when all else is synced, and until then the backup before is the one that counts. What
 * the new one does not need is removed afterwards.
 *
 * @throws StorageMismatch; BackupUnusable when the target is another platform's, or the hold was lost on the way
 */
export async function backUp(tools: BackupTools, target: string): Promise<BackupMade> {
  const { check, platform, snapshot, nodeId, clock } = tools;
  const { platformId } = await check.assertMayBeTogether();
  const before = await findManifest(target);
  if (before && (before.platformId !== platformId || before.nodeId !== nodeId))
    throw new BackupUnusable(
      `${target} holds a backup of node ${before.nodeId} of platform ${before.platformId}; this is ${nodeId} of ${platformId}`,
    );
  const hold = await Hold.take(platform);
  try {
    const rows = await snapshot();
    try {
      const dump = `dumps/${clock.now().toISOString().replaceAll(/[:.]/g, '-')}`;
      const copying: Copying = { tools, target, files: new DurableFiles(), hold };
      const tables = await copyTables(rows, dump, copying);
      const cars = await copyCars(await rows.carsHere(), dump, before, copying);
      await copying.files.settle();
      const manifest: Manifest = {
        format: 1,
        platformId,
        nodeId,
        createdAt: clock.now().toISOString(),
        migrations: await rows.migrations(),
        dump,
        tables,
        sequences: await rows.sequences(),
        cars: cars.kept,
        missing: cars.missing,
        elsewhere: await rows.carsElsewhere(),
      };
      await hold.assertHeld();
      await writeManifest(target, manifest);
      await prune(target, manifest);
      return { manifest, copied: cars.copied, copiedBytes: cars.copiedBytes };
    } finally {
      await rows.close();
    }
  } finally {
    await hold.end();
  }
}

async function copyTables(
  rows: BackupRows,
  dump: string,
  { target, files, hold }: Copying,
): Promise<Manifest['tables']> {
  const tables: Manifest['tables'] = [];
  for (const table of await rows.tables()) {
    hold.assertAlive();
    const file = `${dump}/${table.name}.copy.gz`;
    const text = rows.copyOut(table);
    const packed = text.pipe(createGzip({ level: 1 }));
    text.once('error', (error) => packed.destroy(error));
    tables.push({ ...table, file, ...(await files.write(path.join(target, file), packed)) });
  }
  return tables;
}

interface Copying {
  tools: BackupTools;
  target: string;
  files: DurableFiles;
  hold: Hold;
}

async function copyCars(cars: readonly CarToKeep[], dump: string, before: Manifest | null, copying: Copying) {
  const { tools, hold } = copying;
  const there = new Map((before?.cars ?? []).filter(({ state }) => state === 'sealed').map((car) => [car.id, car]));
  const found: (Awaited<ReturnType<typeof copyCar>> | undefined)[] = [];
  const progress = { cars: 0, ofCars: cars.length, bytes: 0, ofBytes: cars.reduce((sum, { bytes }) => sum + bytes, 0) };
  await eachAtOnce([...cars.entries()], AT_ONCE, async ([at, car]) => {
    hold.assertAlive();
    found[at] = await copyCar(car, there.get(car.id), dump, copying, (bytes) => {
      progress.bytes += bytes;
      tools.progress?.(progress);
    });
    progress.cars += 1;
    tools.progress?.(progress);
  });
  const copied = found.flatMap((one) => (one?.isNew && one.kept ? [one.kept] : []));
  return {
    kept: found.flatMap((one) => one?.kept ?? []),
    missing: found.flatMap((one) => one?.missing ?? []),
    copied: copied.length,
    copiedBytes: copied.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * One CAR. A sealed one that the target has since it was whole stays there, whatever has become of it here. A damaged
 * one is copied as it is, as far as it goes: blocks of others in it can be read.
 */
async function copyCar(
  { id, state, bytes: wanted, copy }: CarToKeep,
  same: Manifest['cars'][number] | undefined,
  dump: string,
  { tools, target, files }: Copying,
  passed: (bytes: number) => void,
): Promise<{ kept?: Manifest['cars'][number]; missing?: Manifest['missing'][number]; isNew: boolean }> {
  const isThere =
    state === 'sealed' && same?.bytes === wanted && (await sizeOf(path.join(target, same.file))) === wanted;
  if (same && isThere && !same.damaged) {
    passed(wanted);
    return { kept: same, isNew: false };
  }
  const isDamaged = copy === 'damaged';
  const size = copy === 'gone' ? null : await tools.folder.sizeOf(carId(id));
  if (size === null || (size < wanted && !isDamaged)) {
    const why = size === null ? 'there is no file' : `it has ${size} of ${wanted} bytes`;
    return { missing: { id, why }, isNew: false };
  }
  const bytes = Math.min(size, wanted);
  const file = state === 'sealed' ? `cars/${id.slice(-2)}/${id}.car` : `${dump}/${id}.car`;
  const source = bytesOfCar(tools.folder.pathOf(carId(id)), bytes, state === 'open');
  const written = await files.write(path.join(target, file), counted(source, passed));
  if (written.bytes !== bytes) throw new BackupUnusable(`CAR ${id} became shorter while it was copied`);
  return { kept: { id, state, file, ...written, ...(isDamaged ? { damaged: true } : {}) }, isNew: true };
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    passed(chunk.length);
    yield chunk;
  }
}

/** The hold on removals, kept from running out while the process lives. */
class Hold {
  private lost: string | null = null;
  private failures = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly platform: PostgresPlatformStore,
    private readonly id: string,
  ) {
    this.timer = setInterval(() => void this.extend(), EXTEND_MS).unref();
  }

  static async take(platform: PostgresPlatformStore): Promise<Hold> {
    return new Hold(platform, await platform.hold('backup', HOLD_MS));
  }

  /** Asks the database. @throws BackupUnusable when it ran out at any moment: files may be gone */
  async assertHeld(): Promise<void> {
    await this.extend();
    this.assertAlive();
  }

  /** As far as is known. @throws BackupUnusable */
  assertAlive(): void {
    if (this.lost !== null)
      throw new BackupUnusable(`removals were not held back all the time (${this.lost}): try again`);
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.platform.endHold(this.id).catch(() => undefined);
  }

  private async extend(): Promise<void> {
    try {
      if (!(await this.platform.extendHold(this.id, HOLD_MS))) this.lost ??= 'the backup stood still for too long';
    } catch (error) {
      // One failure is none: whether the hold ran out meanwhile the next one finds out.
      this.failures += 1;
      if (this.failures > 2) this.lost ??= messageOf(error);
    }
  }
}
