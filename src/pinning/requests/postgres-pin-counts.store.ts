import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import type { PinStatus } from '../pin.js';
import { PinCounts } from './pin-store.port.js';

@Injectable()
export class PostgresPinCounts extends PinCounts {
  constructor(private readonly sql: SqlPool) {
    super();
  }

  async byStatus(): Promise<Record<PinStatus, number>> {
    const { rows } = await this.sql.pool.query<{ status: PinStatus; pins: string }>(
      `SELECT status, sum(pins)::bigint AS pins FROM (
         SELECT status, pins FROM pin_tallies WHERE user_id = '00000000-0000-0000-0000-000000000000' AND level = 4
         UNION ALL SELECT status, pins FROM pin_deltas) noted GROUP BY status`,
    );
    return {
      queued: 0,
      pinning: 0,
      pinned: 0,
      failed: 0,
      ...Object.fromEntries(rows.map((row) => [row.status, Number(row.pins)])),
    };
  }

  async ofUsers(users: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> {
    const { rows } = await this.sql.pool.query<{ user_id: string; pins: string }>(
      `SELECT user_id, sum(pins)::bigint AS pins FROM (
         SELECT user_id, pins FROM pin_tallies WHERE user_id = ANY ($1::uuid[]) AND level = 3
         UNION ALL SELECT user_id, pins FROM pin_deltas WHERE user_id = ANY ($1::uuid[])) noted GROUP BY user_id`,
      [users],
    );
    return new Map(rows.map((row) => [userId(row.user_id), Number(row.pins)]));
  }

  async fold(most: number): Promise<number> {
    const {
      rows: [row],
    } = await this.sql.pool.query<{ folded: number }>('SELECT fold_pin_deltas($1) AS folded', [most]);
    return row?.folded ?? 0;
  }
}
