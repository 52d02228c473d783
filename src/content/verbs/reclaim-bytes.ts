import { Injectable } from '@nestjs/common';
import { CarReclaimer } from '../ports/car-reclaimer.port.js';
import type { Unwanted } from '../ports/content-removals.port.js';

/** After the rows are gone, the bytes. Answers how many the disk has back. */
@Injectable()
export class ReclaimBytes {
  constructor(private readonly reclaimer: CarReclaimer) {}

  async run({ files, stretches }: Unwanted): Promise<number> {
    for (const { carId, stretches: dead } of stretches) await this.reclaimer.hide(carId, dead);
    let freed = 0;
    for (const carId of files) freed += await this.reclaimer.remove(carId);
    return freed;
  }
}
