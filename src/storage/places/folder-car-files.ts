import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { CarFiles } from '../ports/car-files.port.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
import type { CarId } from '../../shared/index.js';
import { BlockIndex } from '../blocks/block-index.js';
import { CarFolder } from './car-folder.js';
import { indexCar } from '../blocks/index-rebuild.js';

@Injectable()
export class FolderCarFiles extends CarFiles {
  constructor(
    private readonly folder: CarFolder,
    private readonly index: BlockIndex,
    private readonly ledger: PostgresCarStore,
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
    const target = this.folder.pathOf(carId);
    const partial = `${target}.${process.pid}.tmp`;
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await copyFile(fromPath, partial);
      const handle = await open(partial, 'r+');
      await handle.datasync();
      await handle.close();
      await rename(partial, target);
    } finally {
      await rm(partial, { force: true });
    }
    await this.folder.syncFolder(carId);
    const [car] = await this.ledger.find([carId]);
    if (car) await indexCar(car, this.folder, this.index, this.ledger);
    await this.ledger.putBack(carId);
  }
}
