import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { HotRoots, type HotRootsPage } from '../ports/hot-roots.port.js';

@Injectable()
export class PostgresHotRootsStore extends HotRoots {
  constructor(private readonly sql: SqlPool) {
    super();
  }

  async among(roots: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (roots.length === 0) return new Map();
    const { rows } = await this.sql.pool.query<{ root: string; size: string }>(
      'SELECT root, size FROM dags WHERE root = ANY($1) AND hot',
      [roots],
    );
    return new Map(rows.map(({ root, size }) => [root, Number(size)]));
  }

  async page(after: bigint, limit: number): Promise<HotRootsPage> {
    const { rows } = await this.sql.pool.query<{ id: string; root: string; hot: boolean }>(
      'SELECT id, root, hot FROM dags WHERE id > $1 ORDER BY id LIMIT $2',
      [after, limit],
    );
    const last = rows.at(-1);
    return {
      roots: rows.filter(({ hot }) => hot).map(({ root }) => root),
      next: last && rows.length === limit ? BigInt(last.id) : null,
    };
  }
}
