import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import { AnnouncementUpkeep } from '../ports/announcement-upkeep.port.js';

const ALIVE_MS = 120_000;

/** Those of living nodes stand between two stretches of the index: neither is looked through. */
const ORPHANED = `
  UPDATE announcements SET node = NULL, held_since = NULL, due_at = $2, revision = revision + 1,
    state = CASE WHEN state = 'withdrawing' THEN state ELSE 'pending' END
  WHERE id IN (
    SELECT a.id FROM announcements a WHERE a.node IN (SELECT peer_id FROM ipfs_nodes WHERE peer_id <> $1 AND seen_at < $3) LIMIT $4 FOR UPDATE SKIP LOCKED)`;

const UNTOLD = `
  UPDATE announcements SET due_at = $1 WHERE id IN (
    SELECT id FROM announcements WHERE state = 'held' AND due_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`;

const ADDED_UP = `
  WITH old AS (DELETE FROM announcement_tallies RETURNING state, rows)
  INSERT INTO announcement_tallies (state, rows) SELECT state, sum(rows) FROM old GROUP BY state HAVING sum(rows) <> 0`;

@Injectable()
export class SqlAnnouncementUpkeep extends AnnouncementUpkeep {
  constructor(
    private readonly sql: SqlPool,
    private readonly clock: Clock,
  ) {
    super();
  }

  async page(after: bigint, limit: number): Promise<{ roots: string[]; next: bigint | null }> {
    const { rows } = await this.sql.asyncCommitPool.query<{ id: string; root: string }>(
      'SELECT id, root FROM announcements WHERE id > $1 ORDER BY id LIMIT $2',
      [after, limit],
    );
    const last = rows.at(-1);
    return { roots: rows.map(({ root }) => root), next: last && rows.length === limit ? BigInt(last.id) : null };
  }

  async position(walk: string): Promise<bigint> {
    const { rows } = await this.sql.asyncCommitPool.query<{ position: string }>(
      'SELECT position FROM announcement_walks WHERE name = $1',
      [walk],
    );
    return BigInt(rows[0]?.position ?? 0);
  }

  async move(walk: string, position: bigint): Promise<void> {
    await this.sql.asyncCommitPool.query(
      'INSERT INTO announcement_walks (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position',
      [walk, position],
    );
  }

  async wakeUntold(limit: number): Promise<number> {
    const { rowCount } = await this.sql.asyncCommitPool.query(UNTOLD, [this.clock.now(), limit]);
    return rowCount ?? 0;
  }

  async orphan(livingPeerId: string, limit: number): Promise<number> {
    const now = this.clock.now();
    const { rowCount } = await this.sql.asyncCommitPool.query(ORPHANED, [
      livingPeerId,
      now,
      new Date(now.getTime() - ALIVE_MS),
      limit,
    ]);
    return rowCount ?? 0;
  }

  async addUp(): Promise<void> {
    await this.sql.asyncCommitPool.query(ADDED_UP);
  }
}
