import { Injectable } from '@nestjs/common';
import { ProcessInfo } from '../../platform/process/index.js';
import { CarDamage } from '../scrub/car-damage.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
import { HideDead } from './hide-dead.js';

/**
 * At the start, before a segment is cut back and before anything is served: rows and files of this node's copies are
 * made to agree. What was acknowledged and is not there makes its DAGs cold; what was given up is hidden.
 */
@Injectable()
export class SettleCopies {
  constructor(
    private readonly cars: PostgresCarStore,
    private readonly damage: CarDamage,
    private readonly hideDead: HideDead,
    private readonly process: ProcessInfo,
  ) {}

  /** One process of the node at a time. */
  async run(): Promise<void> {
    await this.cars.exclusively('car-files', async () => {
      // CARs are put back by the worker alone: what it left half-way is its own.
      await this.damage.checkFiles(this.process.role === 'worker');
      await this.hideDead.runAll();
    });
  }
}
