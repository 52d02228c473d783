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
import { bytesOfCar, findManifest, prune, writeManifest, writeWhole, type Manifest } from './backup-files.js';

export interface BackupTools {
  check: PlatformCheck;
  folder: LocalCarFolder;
  platform: PostgresPlatformStore;
  /** All rows at the moment of the call. */
  snapshot: () => Promise<BackupRows>;
  nodeId: string;
  clock: Clock;
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

/**
 * A backup of this node into `target`, beside the running platform: rows as of one moment, and every CAR of this node
 * that they know, as far as it was acknowledged then. Removals of CARs are held back first, and until it is done, so
 * what the rows of that moment know is still there. Sealed CARs that lie in the target already are left as they are;
 * the manifest is written last, and until then the backup before is the one that counts. What the new one does not
 * need is removed afterwards.
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
      const tables = await copyTables(rows, target, dump, hold);
      const cars = await copyCars(await rows.carsHere(), { tools, target, dump, before, hold });
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

async function copyTables(rows: BackupRows, target: string, dump: string, hold: Hold): Promise<Manifest['tables']> {
  const tables: Manifest['tables'] = [];
  for (const table of await rows.tables()) {
    hold.assertAlive();
    const file = `${dump}/${table.name}.copy.gz`;
    const text = rows.copyOut(table);
    const packed = text.pipe(createGzip({ level: 1 }));
    text.once('error', (error) => packed.destroy(error));
    tables.push({ ...table, file, ...(await writeWhole(path.join(target, file), packed)) });
  }
  return tables;
}

interface CarCopying {
  tools: BackupTools;
  target: string;
  dump: string;
  before: Manifest | null;
  hold: Hold;
}

async function copyCars(cars: readonly CarToKeep[], { tools, target, dump, before, hold }: CarCopying) {
  const there = new Map((before?.cars ?? []).filter(({ state }) => state === 'sealed').map((car) => [car.id, car]));
  const kept: Manifest['cars'] = [];
  const missing: Manifest['missing'] = [];
  let copied = 0;
  let copiedBytes = 0;
  for (const { id, state, bytes } of cars) {
    hold.assertAlive();
    const same = there.get(id);
    if (state === 'sealed' && same?.bytes === bytes && (await sizeOf(path.join(target, same.file))) === bytes) {
      kept.push(same);
      continue;
    }
    const size = await tools.folder.sizeOf(carId(id));
    if (size === null || size < bytes) {
      missing.push({ id, why: size === null ? 'there is no file' : `it has ${size} of ${bytes} bytes` });
      continue;
    }
    const file = state === 'sealed' ? `cars/${id.slice(-2)}/${id}.car` : `${dump}/${id}.car`;
    const source = bytesOfCar(tools.folder.pathOf(carId(id)), bytes, state === 'open');
    const written = await writeWhole(path.join(target, file), source);
    if (written.bytes !== bytes) throw new BackupUnusable(`CAR ${id} became shorter while it was copied`);
    kept.push({ id, state, file, ...written });
    copied += 1;
    copiedBytes += bytes;
  }
  return { kept, missing, copied, copiedBytes };
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
