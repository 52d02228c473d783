import { createReadStream } from 'node:fs';
import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import { BlockIndex } from '../blocks/block-index.js';
import { indexCar } from '../blocks/index-rebuild.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { CarFiles } from '../ports/car-files.port.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';

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

  pathOf(carId: CarId): string {
    return this.folder.pathOf(carId);
  }

  async sizeOf(carId: CarId): Promise<number | null> {
    return this.folder.sizeOf(carId);
  }

  async putBack(carId: CarId, fromPath: string): Promise<void> {
    await this.folder.put(carId, createReadStream(fromPath, { highWaterMark: 1024 * 1024 }));
    const [car] = await this.cars.find([carId]);
    if (car) await indexCar(car, this.folder, this.index, this.cars);
    await this.cars.putBack(carId);
  }
}
