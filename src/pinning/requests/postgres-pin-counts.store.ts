import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import type { PinStatus } from '../pin.js';
import { PinCounts } from './pin-store.port.js';
import { COUNT_BY_STATUS, COUNT_OF_USERS, FOLD } from './pins.sql.js';

/** The tables `pin_tallies` and `pin_deltas`, which triggers of `pins` write (count-pins.sql). */
@Injectable()
export class PostgresPinCounts extends PinCounts {
  constructor(private readonly database: Database) {
    super();
  }

  /** One statement over the sums and what was not added yet; statuses that no pin has are 0. */
  async byStatus(): Promise<Record<PinStatus, number>> {
    const rows = await query(this.database, COUNT_BY_STATUS, []);
    return {
      queued: 0,
      pinning: 0,
      pinned: 0,
      failed: 0,
      ...Object.fromEntries(rows.map((row) => [row.status, Number(row.pins)])),
    };
  }

  /** Pins in every status. An account without any may be left out or be 0. */
  async ofUsers(users: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> {
    const rows = await query(this.database, COUNT_OF_USERS, [users]);
    return new Map(rows.map((row) => [userId(row.user_id), Number(row.pins)]));
  }

  /** Harmless at any time and by any number of processes: one works, the others get 0. */
  async fold(most: number): Promise<number> {
    const [row] = await query(this.database, FOLD, [most]);
    return row?.folded ?? 0;
  }
}
