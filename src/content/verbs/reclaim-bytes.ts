import { Injectable } from '@nestjs/common';
import { CarReclaimer } from '../../storage/index.js';
import type { Unwanted } from '../ports/content-removals.port.js';

/** After the rows are gone, the bytes. A sweep of another process may be faster. */
@Injectable()
export class ReclaimBytes {
  constructor(private readonly reclaimer: CarReclaimer) {}

  async run({ files, stretches }: Unwanted): Promise<void> {
    for (const { carId, stretches: dead } of stretches) await this.reclaimer.hide(carId, dead);
    for (const carId of files) await this.reclaimer.remove(carId);
  }
}
