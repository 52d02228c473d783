import type { FileHandle } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { HEADER_BYTES } from '../../ipld/index.js';
import { PostgresCarStore, type RecoveredCar } from '../store/postgres-car.store.js';
import { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import { type Stretch } from '../domain/run-coverage.js';
import type { CarId } from '../../shared/index.js';
import { BlockIndex } from '../blocks/block-index.js';
import { unlessMissing } from '../places/file-facts.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { LostAndFound } from '../places/lost-and-found.js';
import { holdsBlocks, PlatformCheck, rootOf } from './platform-check.js';
import { scanEntries } from './section-scan.js';

/** What a sweep did with files, by number. */
export interface Swept {
  /** Removed: their rows gave them up. */
  removed: number;
  /** Moved to lost+found: no row speaks of them. */
  setAside: number;
  /** Left alone: rows know them elsewhere. */
  notOurs: number;
  /** Removed from lost+found: their days were over. */
  expired: number;
}

/**
 * Takes bytes away after the rows that wanted them are gone. Everything here may be repeated; a sweep finishes what a
 * crash left, and what a hold on removals has put off.
 */
@Injectable()
export class CarReclaimer {
  /** Abandoned by this process and not settled yet; the next start finds them by their rows. */
  private readonly abandoned = new Set<CarId>();
  /** Ends with the sweep before: two at once would take the same file away. */
  private lastSweep: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: LocalCarFolder,
    private readonly index: BlockIndex,
    private readonly cars: PostgresCarStore,
    private readonly platform: PostgresPlatformStore,
    private readonly lostAndFound: LostAndFound,
    private readonly check: PlatformCheck,
  ) {}

  /** The blocks of these stretches cannot be read here any more; their file stays. Nothing to do without a file. */
  async hide(carId: CarId, stretches: readonly Stretch[]): Promise<void> {
    const handle = await this.folder.openForWriting(carId).catch(unlessMissing);
    if (!handle) return;
    try {
      for (const { offset, length } of stretches) {
        for await (const entries of scanEntries(handle, carId, offset, offset + length))
          await this.index.remove(entries);
      }
    } finally {
      await handle.close();
    }
  }

  /**
   * CARs that are given up half-written: those of them that no run was made of go, row and file. Never rejects: while
   * the database does not answer, what became of them is unknown, and they are asked about again (`retryAbandoned`).
   */
  async abandon(ids: readonly CarId[]): Promise<void> {
    for (const id of ids) this.abandoned.add(id);
    await this.retryAbandoned().catch(() => undefined);
  }

  /** Asks again about all that was abandoned and could not be settled. @throws Error while it still cannot */
  async retryAbandoned(): Promise<void> {
    const ids = [...this.abandoned];
    if (ids.length === 0) return;
    for (const id of await this.cars.discard(ids)) await this.remove(id);
    for (const id of ids) this.abandoned.delete(id);
  }

  /**
   * The file and all that the index says of it. Answers the bytes given back to the disk, 0 when it was gone, and when
   * a backup holds removals back: then the blocks are hidden, and a later sweep takes the file.
   */
  async remove(carId: CarId): Promise<number> {
    if (!(await this.hideAll(carId))) return 0;
    return (await this.platform.isHeld()) ? 0 : this.folder.remove(carId);
  }

  /** The file goes to lost+found, out of the index. False when there is none. */
  async setAside(carId: CarId): Promise<boolean> {
    await this.hideAll(carId);
    return (await this.lostAndFound.take(carId)) !== null;
  }

  /**
   * Removes files that their rows gave up, and sets those aside that no row speaks of: a row is written before its file
   * is made, so none is on its way. A file whose CAR is known, but not here, is left alone: the folder may have lost
   * the name under which the rows know it. Sweeps run one after the other.
   * @throws StorageMismatch, and does nothing, when folder and database do not belong together (any more)
   */
  sweep(): Promise<Swept> {
    const sweep = this.lastSweep.then(() => this.sweepOnce());
    this.lastSweep = sweep.catch(() => undefined);
    return sweep;
  }

  /**
   * What a start found of an open CAR that nothing refers to: removed, unless it holds more than its row knows of and
   * that may have been acknowledged. Then it is set aside, for the database may be an older one. A CAR of one large
   * upload is finished, its root in the header, before anybody is answered.
   */
  async endLeftover(car: RecoveredCar): Promise<void> {
    const isFinished = car.kind === 'segment' || (await rootOf(this.folder, car.id)) !== null;
    if (isFinished && (await holdsBlocks(this.folder, car.id, Math.max(HEADER_BYTES, car.bytes))))
      await this.setAside(car.id);
    else await this.remove(car.id);
  }

  /** Keeps what of the file's end the rows do not know of, before it is cut away. */
  async setTailAside(car: RecoveredCar, handle: FileHandle, end: number): Promise<void> {
    const from = Math.max(end, car.bytes);
    if (await holdsBlocks(this.folder, car.id, from)) await this.lostAndFound.takeTail(car.id, handle, from);
  }

  private async sweepOnce(): Promise<Swept> {
    const swept = { removed: 0, setAside: 0, notOurs: 0, expired: 0 };
    await this.check.assertStillTogether();
    for await (const { id } of this.folder.list()) {
      const standing = await this.cars.standingOf(id);
      if (standing === 'not-ours') swept.notOurs += 1;
      if (standing === 'may-go' && ((await this.cars.whileGone(id, () => this.remove(id))) ?? 0) > 0)
        swept.removed += 1;
      if (standing === 'unknown' && (await this.setAside(id))) swept.setAside += 1;
    }
    swept.removed += await this.folder.removePartials();
    swept.expired = await this.lostAndFound.removeExpired();
    return swept;
  }

  /** False when there is no file. */
  private async hideAll(carId: CarId): Promise<boolean> {
    const size = await this.folder.sizeOf(carId);
    if (size === null) return false;
    await this.hide(carId, [{ offset: HEADER_BYTES, length: Math.max(0, size - HEADER_BYTES) }]);
    return true;
  }
}
