import { Injectable } from '@nestjs/common';
import { HEADER_BYTES } from '../../ipld/index.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
import { type Stretch } from '../domain/run-coverage.js';
import { Clock, type CarId } from '../../shared/index.js';
import { BlockIndex } from '../blocks/block-index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { scanEntries } from './section-scan.js';

/** A file that no row speaks of is left alone for so long: its row may be on the way from another clock. */
const FOREIGN_MS = 3_600_000;

/** Files that a sweep removed, and those that it left alone because rows know them elsewhere. */
export interface Swept {
  removed: number;
  notOurs: number;
}

/**
 * Takes bytes away after the rows that wanted them are gone. Everything here may be repeated; a sweep finishes what a
 * crash left.
 */
@Injectable()
export class CarReclaimer {
  constructor(
    private readonly folder: LocalCarFolder,
    private readonly index: BlockIndex,
    private readonly cars: PostgresCarStore,
    private readonly clock: Clock,
  ) {}

  /** The blocks of these stretches cannot be read here any more; their file stays. */
  async hide(carId: CarId, stretches: readonly Stretch[]): Promise<void> {
    const handle = await this.folder.openForWriting(carId).catch(() => null);
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

  /** The file and all that the index says of it. Answers the bytes given back to the disk, 0 when it was gone. */
  async remove(carId: CarId): Promise<number> {
    const size = await this.folder.sizeOf(carId);
    if (size === null) return 0;
    await this.hide(carId, [{ offset: HEADER_BYTES, length: Math.max(0, size - HEADER_BYTES) }]);
    return this.folder.remove(carId);
  }

  /**
   * Removes files that their rows gave up, and old ones that no row speaks of. A file whose CAR is known, but not here,
   * is never removed: the folder may have lost the name under which the rows know it.
   */
  async sweep(): Promise<Swept> {
    const swept = { removed: 0, notOurs: 0 };
    for await (const { id, modified } of this.folder.list()) {
      const standing = await this.cars.standingOf(id);
      if (standing === 'not-ours') swept.notOurs += 1;
      const isOld = this.clock.now().getTime() - modified.getTime() > FOREIGN_MS;
      if (standing !== 'may-go' && !(standing === 'unknown' && isOld)) continue;
      await this.remove(id);
      swept.removed += 1;
    }
    return swept;
  }
}
