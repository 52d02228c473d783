import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import { announcementStates, type Announcement, type AnnouncementState } from '../domain/announcement.js';
import {
  AnnouncementList,
  type AnnouncementFigures,
  type AnnouncementFilter,
} from '../ports/announcement-list.port.js';
import { ANNOUNCEMENT_COLUMNS, announcementOf, type AnnouncementRow } from './announcement-row.js';

/** Further than this nobody counts rows one by one. */
const COUNTED = 10_000;

@Injectable()
export class SqlAnnouncementList extends AnnouncementList {
  constructor(
    private readonly sql: SqlPool,
    private readonly clock: Clock,
  ) {
    super();
  }

  async page(filter: AnnouncementFilter, limit: number, before?: bigint): Promise<Announcement[]> {
    const { where, values } = conditionsOf(filter, before);
    const { rows } = await this.sql.pool.query<AnnouncementRow>(
      `SELECT ${ANNOUNCEMENT_COLUMNS.join(', ')} FROM announcements ${where} ORDER BY id DESC LIMIT ${limit}`,
      values,
    );
    return rows.map(announcementOf);
  }

  async count(filter: AnnouncementFilter): Promise<number> {
    if (filter.root === undefined && filter.failing !== true) {
      const byState = await this.byState();
      return filter.state === undefined
        ? Object.values(byState).reduce((sum, rows) => sum + rows, 0)
        : byState[filter.state];
    }
    const { where, values } = conditionsOf(filter);
    const { rows } = await this.sql.pool.query<{ rows: number }>(
      `SELECT count(*)::int AS rows FROM (SELECT 1 FROM announcements ${where} LIMIT ${COUNTED}) AS found`,
      values,
    );
    return rows[0]?.rows ?? 0;
  }

  async figures(): Promise<AnnouncementFigures> {
    const overdue = this.sql.pool.query<{ root: string; due_at: Date }>(
      'SELECT root, due_at FROM announcements WHERE due_at <= $1 ORDER BY due_at LIMIT 1',
      [this.clock.now()],
    );
    const [
      byState,
      failing,
      {
        rows: [oldest],
      },
    ] = await Promise.all([this.byState(), this.count({ failing: true }), overdue]);
    return { byState, failing, oldestOverdue: oldest ? { root: oldest.root, dueAt: oldest.due_at } : null };
  }

  private async byState(): Promise<Record<AnnouncementState, number>> {
    const { rows } = await this.sql.pool.query<{ state: AnnouncementState; rows: number }>(
      'SELECT state, sum(rows)::float8 AS rows FROM announcement_tallies GROUP BY state',
    );
    const found = new Map(rows.map((row) => [row.state, row.rows]));
    return Object.fromEntries(announcementStates.map((state) => [state, found.get(state) ?? 0])) as Record<
      AnnouncementState,
      number
    >;
  }
}

function conditionsOf(
  { state, root, failing }: AnnouncementFilter,
  before?: bigint,
): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const add = (sql: string, value: unknown) => conditions.push(`${sql} $${values.push(value)}`);
  if (state !== undefined) add('state =', state);
  if (root !== undefined) add('root =', root);
  if (before !== undefined) add('id <', before);
  if (failing === true) conditions.push('failures > 0');
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', values };
}
