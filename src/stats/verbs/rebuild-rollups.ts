import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';

/** Roll-ups are derived: from what was measured they can be had again, with the same numbers. */
@Injectable()
export class RebuildRollups {
  constructor(
    private readonly rollups: PostgresRollupStore,
    private readonly clock: Clock,
  ) {}

  /** All of them, now; beside a running platform, which goes on measuring when it is done. */
  async run(): Promise<{ measurements: number }> {
    return (await this.rollups.rebuild(this.clock.now(), { unlessBuilt: false })) ?? { measurements: 0 };
  }

  /** Once in the life of a database: what releases before the roll-ups measured. Several processes do it once. */
  async unlessBuilt(): Promise<void> {
    if (!(await this.rollups.isBuilt())) await this.rollups.rebuild(this.clock.now(), { unlessBuilt: true });
  }
}
