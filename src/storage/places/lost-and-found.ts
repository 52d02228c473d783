import { open, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { carHeader, PLACEHOLDER_ROOT } from '../../ipld/index.js';
import { carId, Clock, type CarId } from '../../shared/index.js';
import { namesIn, sizeOf } from './file-facts.js';
import { LocalCarFolder } from './local-car-folder.js';
import { makeDirectory, syncDirectory } from './sync-directory.js';

const DAY_MS = 86_400_000;
const COPY_BYTES = 1024 * 1024;
/** `<car id>[.<when>].car`, and `<car id>.from-<offset>.car` for the end of a file: what this class writes. */
const OURS = /^([0-9a-f-]{36})(?:\.from-\d+)?(?:\.\d+)?\.car$/;

/**
 * `cars/lost+found/`: bytes that nothing here asks for and that nobody decided to remove. They are moved, never
 * written again, wait ORPHAN_KEEP_DAYS from then on (the time of the file says since when), and go only then. A file in
 * it that this class did not write stays for good.
 */
@Injectable()
export class LostAndFound {
  readonly folder: string;
  private readonly keepMs: number;

  constructor(
    config: AppConfig,
    private readonly cars: LocalCarFolder,
    private readonly clock: Clock,
  ) {
    this.folder = config.inData('cars', 'lost+found');
    this.keepMs = config.values.ORPHAN_KEEP_DAYS * DAY_MS;
  }

  /**
   * Moves the file of a CAR there, beside an earlier one of that id; answers its new path, or null when there is no
   * such file. Durable when it resolves.
   */
  async take(id: CarId): Promise<string | null> {
    const from = this.cars.pathOf(id);
    if ((await this.cars.sizeOf(id)) === null) return null;
    await makeDirectory(this.folder);
    const plain = path.join(this.folder, `${id}.car`);
    const isTaken = (await sizeOf(plain)) !== null;
    const target = isTaken ? path.join(this.folder, `${id}.${this.clock.now().getTime()}.car`) : plain;
    // Its days begin now, however old the file is. Before it is there: a sweep must not find it with its old time.
    await utimes(from, this.clock.now(), this.clock.now());
    await rename(from, target);
    this.cars.forget(id);
    await syncDirectory(this.folder);
    await this.cars.syncFolder(id);
    return target;
  }

  /** Copies what lies behind `offset`, into a CAR of its own, before that is cut away. Durable when it resolves. */
  async takeTail(id: CarId, handle: FileHandle, offset: number): Promise<void> {
    await makeDirectory(this.folder);
    const file = path.join(this.folder, `${id}.from-${offset}.car`);
    const target = await open(file, 'w');
    try {
      await target.writeFile(carHeader(PLACEHOLDER_ROOT));
      const buffer = Buffer.allocUnsafe(COPY_BYTES);
      for (let at = offset; ;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) break;
        await target.writeFile(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
      await target.utimes(this.clock.now(), this.clock.now());
      await target.sync();
    } finally {
      await target.close();
    }
    await syncDirectory(this.folder);
  }

  /** The CARs that wait there, with the id that each had. Two may have had the same. */
  async list(): Promise<{ id: CarId; file: string }[]> {
    return (await this.names()).sort().flatMap((name) => {
      const id = OURS.exec(name)?.[1];
      return id === undefined ? [] : [{ id: carId(id), file: path.join(this.folder, name) }];
    });
  }

  /** Among the CARs again, under an id that no file has. @throws Error when one has it */
  async returnCar(file: string, id: CarId): Promise<void> {
    if ((await this.cars.sizeOf(id)) !== null) throw new Error(`there is a file of CAR ${id}`);
    const target = this.cars.pathOf(id);
    await makeDirectory(path.dirname(target));
    await rename(file, target);
    await this.cars.syncFolder(id);
    await syncDirectory(this.folder);
  }

  /** Removes what has waited its days. Answers how many files went. */
  async removeExpired(): Promise<number> {
    let removed = 0;
    for (const name of await this.names()) {
      if (!OURS.test(name)) continue;
      const file = path.join(this.folder, name);
      const facts = await stat(file);
      if (this.clock.now().getTime() - facts.mtimeMs < this.keepMs) continue;
      await rm(file, { force: true });
      removed += 1;
    }
    return removed;
  }

  private names(): Promise<string[]> {
    return namesIn(this.folder);
  }
}
