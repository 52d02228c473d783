import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock, type ContentId, type PinRequestId, type UserId } from '../../shared/index.js';
import type { PinFilter, PinRecord } from '../pin.js';
import { PinQuotaUsedUp } from '../pinning.errors.js';
import { PinStore, type NewPin } from './pin-store.port.js';
import { inTransaction } from './in-transaction.store.js';
import { addPins, PinCommitter } from './pin-committer.store.js';
import { listing } from './pin-list.sql.js';
import { isRequestId, isRowId, pinOf, type PinRow } from './pin-row.js';

@Injectable()
export class PostgresPinStore extends PinStore {
  private readonly committer: PinCommitter;

  constructor(
    private readonly sql: SqlPool,
    private readonly clock: Clock,
  ) {
    super();
    this.committer = new PinCommitter(sql, clock);
  }

  add(pin: NewPin): Promise<PinRecord> {
    return this.committer.one(pin);
  }

  addAll(pins: NewPin[]): Promise<(PinRecord | null)[]> {
    return this.committer.many(pins);
  }

  async findAll(
    userId: UserId,
    { requestIds, contentIds }: { requestIds: string[]; contentIds: string[] },
  ): Promise<PinRecord[]> {
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
      const [stored] = await addPins(client, [pin], this.clock.now(), [fresh]);
      if (!stored) throw new PinQuotaUsedUp();
      return stored;
    });
  }

  async find(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null> {
    if (!isRequestId(requestId)) return null;
    const { rows } = await this.sql.pool.query<PinRow>(
      'SELECT * FROM pins WHERE request_id = $1 AND user_id = $2 AND deleted_at IS NULL',
      [requestId, userId],
    );
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
}
