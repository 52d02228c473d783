import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Outbox } from '../../platform/outbox/index.js';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock, type ContentId, type PinRequestId, type UserId } from '../../shared/index.js';
import type { PinRecord } from '../domain/pin.js';
import type { PinFilter } from '../domain/pin-filter.js';
import { pinChanged } from '../domain/pinning.events.js';
import { PinStore, type NewPin } from '../ports/pin-store.port.js';
import { inTransaction } from './in-transaction.js';
import { listing } from './pin-list.sql.js';
import { changeOf, isRequestId, isRowId, pinOf, type PinRow } from './pin-row.js';

@Injectable()
export class SqlPinStore extends PinStore {
  constructor(private readonly sql: SqlPool, private readonly outbox: Outbox, private readonly clock: Clock) {
    super();
  }

  add(pin: NewPin): Promise<PinRecord> {
    return inTransaction(this.sql, (client) => this.insert(client, randomUUID(), pin));
  }

  addAll(pins: NewPin[]): Promise<PinRecord[]> {
    return inTransaction(this.sql, (client) => this.insertAll(client, pins.map((pin) => ({ ...pin, requestId: randomUUID() }))));
  }

  async findAll(userId: UserId, { requestIds, contentIds }: { requestIds: string[]; contentIds: string[] }): Promise<PinRecord[]> {
    const { rows } = await this.sql.pool.query<PinRow>(
      'SELECT * FROM pins WHERE user_id = $1 AND deleted_at IS NULL AND (request_id = ANY($2::uuid[]) OR content_id = ANY($3::bigint[]))',
      [userId, requestIds.filter(isRequestId), contentIds.filter(isRowId)],
    );
    return rows.map(pinOf);
  }

  async replace(requestId: PinRequestId, pin: NewPin): Promise<PinRecord | null> {
    if (!isRequestId(requestId)) return null;
    return inTransaction(this.sql, async (client) => {
      const fresh = randomUUID();
      const gone = await client.query(
        'UPDATE pins SET deleted_at = $3, replaced_by = $4 WHERE request_id = $1 AND user_id = $2 AND deleted_at IS NULL',
        [requestId, pin.userId, this.clock.now(), fresh],
      );
      if (gone.rowCount === 0) return null;
      // What this one was to replace now waits for its successor.
      await client.query('UPDATE pins SET replaced_by = $2 WHERE replaced_by = $1', [requestId, fresh]);
      return this.insert(client, fresh, pin);
    });
  }

  async find(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null> {
    if (!isRequestId(requestId)) return null;
    const { rows } = await this.sql.pool.query<PinRow>('SELECT * FROM pins WHERE request_id = $1 AND user_id = $2 AND deleted_at IS NULL', [requestId, userId]);
    return rows[0] ? pinOf(rows[0]) : null;
  }

  async list(userId: UserId, filter: PinFilter): Promise<{ count: number; pins: PinRecord[] }> {
    const { text, values } = listing(userId, { ...filter, statuses: [...new Set(filter.statuses)] });
    const { rows } = await this.sql.pool.query<PinRow & { count: string }>(text, values);
    return { count: Number(rows[0]?.count ?? 0), pins: rows.filter((row) => row.request_id !== null).map(pinOf) };
  }

  async remove(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null> {
    if (!isRequestId(requestId)) return null;
    const { rows } = await this.sql.pool.query<PinRow>(
      'UPDATE pins SET deleted_at = $3 WHERE request_id = $1 AND user_id = $2 AND deleted_at IS NULL RETURNING *',
      [requestId, userId, this.clock.now()],
    );
    return rows[0] ? pinOf(rows[0]) : null;
  }

  async removed(limit: number): Promise<PinRecord[]> {
    const { rows } = await this.sql.pool.query<PinRow>(
      `SELECT * FROM pins gone WHERE deleted_at IS NOT NULL AND NOT EXISTS (
         SELECT FROM pins next WHERE next.request_id = gone.replaced_by AND next.deleted_at IS NULL AND next.status <> 'pinned')
       ORDER BY deleted_at LIMIT $1`,
      [limit],
    );
    return rows.map(pinOf);
  }

  async purge(requestId: PinRequestId): Promise<void> {
    await this.sql.pool.query('DELETE FROM pins WHERE request_id = $1 AND deleted_at IS NOT NULL', [requestId]);
  }

  async removeOf(contentId: ContentId): Promise<void> {
    await this.sql.pool.query('DELETE FROM pins WHERE content_id = $1', [contentId]);
  }

  private async insert(client: PoolClient, requestId: string, pin: NewPin): Promise<PinRecord> {
    const [row] = await this.insertAll(client, [{ ...pin, requestId }]);
    if (!row) throw new Error('an insert returned no row');
    return row;
  }

  /**
   * One transaction at a time per account: `created` is the next free millisecond. Many at once take the milliseconds up to
   * now, as far back as the account's last pin leaves free, so that a batch does not lie in the future.
   */
  private async insertAll(client: PoolClient, pins: (NewPin & { requestId: string })[]): Promise<PinRecord[]> {
    const [first] = pins;
    if (!first) return [];
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`pins ${first.userId}`]);
    const { rows } = await client.query<PinRow>(
      `INSERT INTO pins (request_id, user_id, cid, cid_v1, name, origins, meta, created_at, due_at, updated_at)
       SELECT (pin->>'requestId')::uuid, $1, pin->>'cid', pin->>'cidV1', pin->>'name', pin->'origins', pin->'meta', free.at + (n - 1) * interval '1 millisecond',
         least(free.at + (n - 1) * interval '1 millisecond', $3), $3
       FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS given(pin, n), (
         SELECT greatest($3::timestamptz(3) - $4::int * interval '1 millisecond', max(created_at) + interval '1 millisecond') AS at FROM pins WHERE user_id = $1) free
       RETURNING *`,
      [first.userId, JSON.stringify(pins), this.clock.now(), pins.length - 1],
    );
    rows.sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
    await this.outbox.addManyRaw(client, pinChanged, rows.map(changeOf));
    return rows.map(pinOf);
  }
}
