import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { SqlPool, type Tx } from '../../platform/prisma/index.js';
import { Clock, pinRequestId, type ContentId } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../domain/pin.js';
import { PinTakenAway } from '../domain/pinning.errors.js';
import { pinChanged } from '../domain/pinning.events.js';
import { PinLeases, type WaitingPin } from '../ports/pin-leases.port.js';
import { inTransaction } from './in-transaction.js';
import { changeOf, pinOf, type PinRow } from './pin-row.js';

/** Claims are made one at a time, or two workers would see the same account at the same number. */
const CLAIM_LOCK = 7_031_847;

/**
 * Hops from account to account over the index of waiting pins (a loose index scan: the number of accounts counts, not the number
 * of pins), takes each one's oldest pin that is due, and of these the one whose account has the fewest running.
 */
const CLAIM_NEXT = `
WITH RECURSIVE waiting AS (
  (SELECT user_id FROM pins WHERE status = 'queued' AND deleted_at IS NULL ORDER BY user_id LIMIT 1)
  UNION ALL
  SELECT (SELECT user_id FROM pins WHERE status = 'queued' AND deleted_at IS NULL AND user_id > waiting.user_id ORDER BY user_id LIMIT 1)
  FROM waiting WHERE waiting.user_id IS NOT NULL
), running AS (
  SELECT user_id, count(*) AS pins FROM pins WHERE status = 'pinning' AND deleted_at IS NULL GROUP BY user_id
), next AS (
  SELECT head.request_id FROM waiting
  CROSS JOIN LATERAL (
    SELECT request_id, created_at FROM pins
    WHERE user_id = waiting.user_id AND status = 'queued' AND deleted_at IS NULL AND (lease_until IS NULL OR lease_until <= $1)
    ORDER BY created_at LIMIT 1) head
  LEFT JOIN running USING (user_id)
  ORDER BY coalesce(running.pins, 0), head.created_at LIMIT 1
)
UPDATE pins SET status = 'pinning', attempts = attempts + 1, lease_until = $2, updated_at = $1
FROM next WHERE pins.request_id = next.request_id AND pins.status = 'queued' AND pins.deleted_at IS NULL
RETURNING pins.*`;

@Injectable()
export class SqlPinLeases extends PinLeases {
  constructor(private readonly sql: SqlPool, private readonly outbox: Outbox, private readonly clock: Clock) {
    super();
  }

  claimNext(now: Date, until: Date): Promise<PinClaim | null> {
    return inTransaction(this.sql, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
      const { rows: [row] } = await client.query<PinRow>(CLAIM_NEXT, [now, until]);
      if (!row) return null;
      await this.outbox.addRaw(client, pinChanged, changeOf(row));
      return { pin: pinOf(row), attempt: row.attempts };
    });
  }

  async extend({ pin, attempt }: PinClaim, until: Date, progress: PinProgress): Promise<boolean> {
    const { rowCount } = await this.sql.pool.query(
      `UPDATE pins SET lease_until = $3, info = $4 WHERE request_id = $1 AND attempts = $2 AND status = 'pinning' AND deleted_at IS NULL`,
      [pin.requestId, attempt, until, JSON.stringify(progress)],
    );
    return rowCount === 1;
  }

  async pinned(tx: Tx, { pin, attempt }: PinClaim, contentId: ContentId, progress: PinProgress | null): Promise<void> {
    const { count } = await tx.pin.updateMany({
      where: { requestId: pin.requestId, attempts: attempt, status: { in: ['queued', 'pinning'] }, deletedAt: null },
      data: {
        status: 'pinned', contentId: BigInt(contentId), reason: null, leaseUntil: null, updatedAt: this.clock.now(),
        ...(progress ? { info: { ...progress } } : {}),
      },
    });
    if (count !== 1) throw new PinTakenAway(`the pin ${pin.requestId} was removed meanwhile`);
    await this.outbox.add(tx, pinChanged, { requestId: pin.requestId, userId: pin.userId, cid: pin.cid, status: 'pinned', reason: null });
  }

  giveBack(claim: PinClaim, notBefore: Date | null, reason: string | null): Promise<void> {
    return this.move(claim, `status = 'queued', lease_until = $3, reason = coalesce($4, reason), failures = failures + ($4::text IS NOT NULL)::int`, [notBefore, reason]);
  }

  fail(claim: PinClaim, reason: string): Promise<void> {
    return this.move(claim, `status = 'failed', lease_until = NULL, reason = $3, failures = failures + 1`, [reason]);
  }

  async reclaim(now: Date, mostAttempts: number): Promise<number> {
    return inTransaction(this.sql, async (client) => {
      const { rows } = await client.query<PinRow>(
        `UPDATE pins SET lease_until = NULL, updated_at = $1,
           status = CASE WHEN attempts >= $2 THEN 'failed' ELSE 'queued' END,
           reason = CASE WHEN attempts >= $2 THEN 'ERR_PIN_INTERRUPTED: the fetch was cut off ' || attempts || ' times' ELSE reason END
         WHERE status = 'pinning' AND lease_until < $1 AND deleted_at IS NULL RETURNING *`,
        [now, mostAttempts],
      );
      for (const row of rows) await this.outbox.addRaw(client, pinChanged, changeOf(row));
      return rows.length;
    });
  }

  async due(now: Date, limit: number): Promise<WaitingPin[]> {
    const { rows } = await this.sql.pool.query<{ request_id: string; attempts: number }>(
      `SELECT request_id, attempts FROM pins WHERE status = 'queued' AND deleted_at IS NULL AND (lease_until IS NULL OR lease_until <= $1) LIMIT $2`,
      [now, limit],
    );
    return rows.map((row) => ({ requestId: pinRequestId(row.request_id), attempts: row.attempts }));
  }

  async depth(now: Date): Promise<{ queued: number; pinning: number; oldestSeconds: number }> {
    const { rows: [row] } = await this.sql.pool.query<{ queued: string; pinning: string; oldest: string | null }>(
      `SELECT count(*) FILTER (WHERE status = 'queued') AS queued, count(*) FILTER (WHERE status = 'pinning') AS pinning,
         extract(epoch FROM $1 - min(created_at) FILTER (WHERE status = 'queued')) AS oldest
       FROM pins WHERE status IN ('queued', 'pinning') AND deleted_at IS NULL`,
      [now],
    );
    return { queued: Number(row?.queued ?? 0), pinning: Number(row?.pinning ?? 0), oldestSeconds: Math.max(0, Number(row?.oldest ?? 0)) };
  }

  /** A move of a claimed pin; nothing happens when the claim is lost. */
  private move({ pin, attempt }: PinClaim, set: string, values: unknown[]): Promise<void> {
    return inTransaction(this.sql, async (client) => {
      const { rows: [row] } = await client.query<PinRow>(
        `UPDATE pins SET ${set}, updated_at = $${values.length + 3} WHERE request_id = $1 AND attempts = $2 AND status = 'pinning' AND deleted_at IS NULL RETURNING *`,
        [pin.requestId, attempt, ...values, this.clock.now()],
      );
      if (row) await this.outbox.addRaw(client, pinChanged, changeOf(row));
    });
  }
}
