import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { HotRoots, type HotRootsPage } from '../ports/hot-roots.port.js';
import { DAGS_PAGE, HOT_AMONG } from './dag.sql.js';

/** Out of the table `dags`. A root may go cold between the answer and its use. */
@Injectable()
export class PostgresHotRootsStore extends HotRoots {
  constructor(private readonly database: Database) {
    super();
  }

  async among(roots: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (roots.length === 0) return new Map();
    const rows = await query(this.database, HOT_AMONG, [roots]);
    return new Map(rows.map(({ root, size }) => [root, Number(size)]));
  }

  /** `limit` rows are read, cold ones among them: a page with few roots, or none, is not the last. */
  async page(after: bigint, limit: number): Promise<HotRootsPage> {
    const rows = await query(this.database, DAGS_PAGE, [after, limit]);
    const last = rows.at(-1);
    return {
      roots: rows.filter(({ hot }) => hot).map(({ root }) => root),
      next: last && rows.length === limit ? last.id : null,
    };
  }
}
