import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import { CarNotHere } from '../domain/storage.errors.js';
import { BlockIndex } from '../blocks/block-index.js';
import { indexCar } from '../blocks/index-rebuild.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { CarFiles } from '../ports/car-files.port.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';

const CHUNK_BYTES = 1024 * 1024;

/** CARs of this node, for rooms that deal with whole ones. */
@Injectable()
export class NodeCarFiles extends CarFiles {
  constructor(
    private readonly folder: LocalCarFolder,
    private readonly index: BlockIndex,
    private readonly cars: PostgresCarStore,
  ) {
    super();
  }

  async sizeOf(carId: CarId): Promise<number | null> {
    return (await this.cars.isDamaged(carId)) ? null : this.folder.sizeOf(carId);
  }

  /** In pieces of 1 MiB. The blocks are not hashed on the way. */
  async *read(carId: CarId): AsyncGenerator<Uint8Array> {
    const length = await this.folder.sizeOf(carId);
    for (let at = 0; at < (length ?? 1); at += CHUNK_BYTES) {
      const chunk = length && (await this.folder.read(carId, at, Math.min(CHUNK_BYTES, length - at)));
      if (!chunk) throw new CarNotHere(`CAR ${carId} is not on this node`);
      yield chunk;
    }
  }

  localPathOf(carId: CarId): string {
    return this.folder.pathOf(carId);
  }

  /** The row first, then the file, then index and DAGs: cut off anywhere, it may be begun again. */
  async putBack(carId: CarId, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    // The row comes first: a file whose copy is given up would be swept away.
    const before = await this.cars.beginPutBack(carId);
    if (before === null) return;
    try {
      await this.folder.put(carId, bytes);
    } catch (error) {
      await this.cars.abortPutBack(carId, before);
      throw error;
    }
    await this.cars.putBack(carId, async (ids) => {
      for (const car of await this.cars.find(ids)) await indexCar(car, this.folder, this.index, this.cars);
    });
    // Discarded meanwhile: the sweep takes the file.
  }
}
