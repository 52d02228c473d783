import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { SqlPool, type Tx } from '../../platform/prisma/index.js';
import { Clock, userId, type ContentId } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../pin.js';
import { PinTakenAway } from '../pinning.errors.js';
import { pinChanged } from '../pinning.events.js';
import { PinLeases, type AccountShare, type ClaimBeat, type Weights } from './pin-leases.port.js';
import { CLAIM_NEXT, SERVED, SHARES } from './claim-next.sql.js';
import { inTransaction } from '../requests/in-transaction.store.js';
import { changeOf, pinOf, type PinRow } from '../requests/pin-row.js';

/** Claims are made one at a time, or two workers would see the same account at the same number. */
const CLAIM_LOCK = 7_031_847;

@Injectable()
export class PostgresPinLeases extends PinLeases {
  constructor(
    private readonly sql: SqlPool,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  claimNext(now: Date, until: Date, weights: Weights): Promise<PinClaim | null> {
    return inTransaction(this.sql, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
      const {
        rows: [row],
      } = await client.query<PinRow>(CLAIM_NEXT, [now, until, [...weights.keys()], [...weights.values()]]);
      if (!row) return null;
      await client.query(SERVED, [row.user_id]);
      await this.outbox.addRaw(client, pinChanged, changeOf(row));
      return { pin: pinOf(row), attempt: row.attempts };
    });
  }

  async extend(beats: readonly ClaimBeat[], until: Date): Promise<PinClaim[]> {
    if (beats.length === 0) return [];
    const { rows } = await this.sql.pool.query<{ request_id: string; attempts: number }>(
      `UPDATE pins SET lease_until = $1, info = beat.info::jsonb, looked_ms = beat.looked_ms
       FROM unnest($2::uuid[], $3::int[], $4::text[], $5::int[]) AS beat(request_id, attempt, info, looked_ms)
       WHERE pins.request_id = beat.request_id AND attempts = attempt AND status = 'pinning' AND deleted_at IS NULL
       RETURNING pins.request_id, attempts`,
      [
        until,
        beats.map(({ claim }) => claim.pin.requestId),
        beats.map(({ claim }) => claim.attempt),
        beats.map(({ progress }) => JSON.stringify(progress)),
        beats.map(({ lookedMs }) => Math.round(lookedMs)),
      ],
    );
    const held = new Set(rows.map((row) => `${row.request_id} ${row.attempts}`));
    return beats.map(({ claim }) => claim).filter(({ pin, attempt }) => !held.has(`${pin.requestId} ${attempt}`));
  }

  async pinned(tx: Tx, { pin, attempt }: PinClaim, contentId: ContentId, progress: PinProgress | null): Promise<void> {
    const { count } = await tx.pin.updateMany({
      where: { requestId: pin.requestId, attempts: attempt, status: { in: ['queued', 'pinning'] }, deletedAt: null },
      data: {
        status: 'pinned',
        contentId: BigInt(contentId),
        reason: null,
        leaseUntil: null,
        updatedAt: this.clock.now(),
        ...(progress ? { info: { ...progress } } : {}),
      },
    });
    if (count !== 1) throw new PinTakenAway(`the pin ${pin.requestId} was removed meanwhile`);
    await this.outbox.add(tx, pinChanged, {
      requestId: pin.requestId,
      userId: pin.userId,
      cid: pin.cid,
      status: 'pinned',
      reason: null,
    });
  }

  release(claim: PinClaim, dueAt: Date | null, lookedMs: number): Promise<void> {
    return this.move(claim, `status = 'queued', lease_until = NULL, due_at = coalesce($3, due_at), looked_ms = $4`, [
      dueAt,
      Math.round(lookedMs),
    ]);
  }

  retry(claim: PinClaim, dueAt: Date, reason: string): Promise<void> {
    return this.move(
      claim,
      `status = 'queued', lease_until = NULL, due_at = $3, looked_ms = 0, reason = $4, failures = failures + 1`,
      [dueAt, reason],
    );
  }

  fail(claim: PinClaim, reason: string): Promise<void> {
    return this.move(claim, `status = 'failed', lease_until = NULL, reason = $3, failures = failures + 1`, [reason]);
  }

  async reclaim(now: Date, mostCutOffs: number): Promise<number> {
    return inTransaction(this.sql, async (client) => {
      const { rows } = await client.query<PinRow>(
        `UPDATE pins SET lease_until = NULL, updated_at = $1, cut_offs = cut_offs + 1,
           status = CASE WHEN cut_offs + 1 >= $2 THEN 'failed' ELSE 'queued' END,
           reason = CASE WHEN cut_offs + 1 >= $2 THEN 'ERR_PIN_INTERRUPTED: the fetch was cut off ' || cut_offs + 1 || ' times' ELSE reason END
         WHERE status = 'pinning' AND lease_until < $1 AND deleted_at IS NULL RETURNING *`,
        [now, mostCutOffs],
      );
      if (rows.length > 0) await this.outbox.addManyRaw(client, pinChanged, rows.map(changeOf));
      return rows.length;
    });
  }

  async shares(now: Date, mostDue: number): Promise<AccountShare[]> {
    const { rows } = await this.sql.pool.query<{ user_id: string; running: number; due: number }>(SHARES, [
      now,
      mostDue,
    ]);
    return rows.map((row) => ({ userId: userId(row.user_id), running: row.running, due: row.due }));
  }

  async oldestSeconds(now: Date): Promise<number> {
    const {
      rows: [oldest],
    } = await this.sql.pool.query<{ created_at: Date }>(
      `SELECT created_at FROM pins WHERE status = 'queued' AND deleted_at IS NULL ORDER BY created_at LIMIT 1`,
    );
    return oldest ? Math.max(0, (now.getTime() - oldest.created_at.getTime()) / 1000) : 0;
  }

  /** A move of a claimed pin; nothing happens when the claim is lost. */
  private move({ pin, attempt }: PinClaim, set: string, values: unknown[]): Promise<void> {
    return inTransaction(this.sql, async (client) => {
      const {
        rows: [row],
      } = await client.query<PinRow>(
        `UPDATE pins SET ${set}, updated_at = $${values.length + 3} WHERE request_id = $1 AND attempts = $2 AND status = 'pinning' AND deleted_at IS NULL RETURNING *`,
        [pin.requestId, attempt, ...values, this.clock.now()],
      );
      if (row) await this.outbox.addRaw(client, pinChanged, changeOf(row));
    });
  }
}
