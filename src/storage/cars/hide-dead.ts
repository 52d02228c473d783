import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import { PostgresDeadStretchStore } from '../store/postgres-dead-stretch.store.js';
import { CarReclaimer } from './car-reclaimer.js';

/** Takes bytes that their rows gave up out of the block index, and files that nobody wants off the disk. */
@Injectable()
export class HideDead {
  constructor(
    private readonly rows: PostgresDeadStretchStore,
    private readonly reclaimer: CarReclaimer,
  ) {}

  /** What is dead in one CAR of this node. Idempotent; nothing when another process was faster. */
  async run(id: CarId): Promise<void> {
    await this.rows.settle(id, async ({ isGone, stretches }) => {
      if (isGone) await this.reclaimer.remove(id);
      else await this.reclaimer.hide(id, stretches);
    });
  }

  /** What a crash, or another node, left undone. Answers of how many CARs. */
  async runAll(): Promise<number> {
    const cars = await this.rows.cars();
    for (const id of cars) await this.run(id);
    return cars.length;
  }
}
