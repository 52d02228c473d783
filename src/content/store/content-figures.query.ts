import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import { CONTENT_TOTALS, OWNERS } from './content-figures.sql.js';

/** Figures over all contents, for rooms downstream that show them. */
@Injectable()
export class ContentFigures {
  constructor(private readonly database: Database) {}

  /** Contents that are not deleted, offloaded ones included, and the sum of their sizes in bytes. */
  async totals(): Promise<{ contents: number; bytes: number }> {
    const [row] = await query(this.database, CONTENT_TOTALS, []);
    return { contents: Number(row?.contents ?? 0), bytes: Number(row?.bytes ?? 0) };
  }

  /**
   * The account of each DAG's oldest content, deleted ones included. DAGs without any content are not in the answer.
   */
  async ownersOf(dagIds: readonly bigint[]): Promise<Map<bigint, UserId>> {
    if (dagIds.length === 0) return new Map();
    const rows = await query(this.database, OWNERS, [dagIds]);
    return new Map(rows.map((row) => [row.dag_id, userId(row.user_id)]));
  }
}
