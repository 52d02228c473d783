import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { COUNT_BLOCKS } from './dag-figures.sql.js';

/** Figures over all DAGs, for rooms downstream that show them. */
@Injectable()
export class DagFigures {
  constructor(private readonly database: Database) {}

  /** Blocks of all DAGs that were ever stored. */
  async countBlocks(): Promise<number> {
    const [row] = await query(this.database, COUNT_BLOCKS, []);
    return Number(row?.blocks ?? 0);
  }

  /** Row ids of the DAGs with these roots (CIDv1 text); unknown roots are not in the answer. */
  async idsOf(roots: readonly string[]): Promise<Map<string, bigint>> {
    if (roots.length === 0) return new Map();
    const rows = await this.database.dag.findMany({
      where: { root: { in: [...roots] } },
      select: { id: true, root: true },
    });
    return new Map(rows.map(({ id, root }) => [root, id]));
  }
}
