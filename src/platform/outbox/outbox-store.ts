import { Injectable } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import { SqlPool } from '../prisma/index.js';

export interface OutboxRow {
  /** Decimal text. */
  id: string;
  name: string;
  payload: Json;
  at: Date;
  /** Who has not handled it yet. */
  pending: string[];
  /** Which dispatch this is. */
  dispatches: number;
}

/** Dispatch rounds after which an event is left to people: it stays, is counted, and can be let loose by setting `dispatches` to 0. */
export const MAX_DISPATCHES = 12;

const COLUMNS = 'id::text, name, payload, created_at AS at, pending, dispatches';

/** The outbox as the relay and the processor see it. Every method is one statement. */
@Injectable()
export class OutboxStore {
  constructor(private readonly sql: SqlPool) {}

  /** Takes new events, oldest first: from now on they wait for `subscribers[name]`. Two relays never take the same row. */
  async claimNew(subscribers: Record<string, string[]>, limit: number): Promise<OutboxRow[]> {
    return this.claim('dispatched_at IS NULL', 'ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> name))', [
      JSON.stringify(subscribers),
      limit,
      1,
    ]);
  }

  /**
   * Takes events again whose jobs seem to be lost: dispatched `patienceMs` ago and still not handled.
   * Patience doubles with every round that counts.
   */
  async claimStale(patienceMs: number, limit: number, counts: boolean): Promise<OutboxRow[]> {
    return this.claim(
      `dispatched_at IS NOT NULL AND dispatches < ${MAX_DISPATCHES} AND dispatched_at < now() - ($1::float8 * power(2, dispatches - 1)) * interval '1 millisecond'`,
      'pending',
      [patienceMs, limit, counts ? 1 : 0],
    );
  }

  private async claim(condition: string, pending: string, values: unknown[]): Promise<OutboxRow[]> {
    const { rows } = await this.sql.asyncCommitPool.query<OutboxRow>(
      `
      WITH taken AS (SELECT id AS taken_id FROM outbox WHERE ${condition} ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
      UPDATE outbox SET dispatched_at = now(), dispatches = dispatches + $3::int, pending = ${pending}
      FROM taken WHERE id = taken_id RETURNING ${COLUMNS}`,
      values,
    );
    return rows.sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)));
  }

  /** The jobs could not be added: the next round takes these again. */
  async release(ids: string[]): Promise<void> {
    await this.sql.asyncCommitPool.query(
      'UPDATE outbox SET dispatched_at = NULL, dispatches = greatest(dispatches - 1, 0) WHERE id = ANY($1::bigint[])',
      [ids],
    );
  }

  /** Which of these the subscriber has not handled yet, oldest first. */
  async pendingFor(subscriber: string, ids: string[]): Promise<OutboxRow[]> {
    const { rows } = await this.sql.pool.query<OutboxRow>(
      `SELECT ${COLUMNS} FROM outbox WHERE id = ANY($1::bigint[]) AND $2 = ANY(pending) ORDER BY id`,
      [ids, subscriber],
    );
    return rows;
  }

  /** The subscriber has handled these. The last one to say so ends the event. */
  async handled(subscriber: string, ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const { rows } = await this.sql.asyncCommitPool.query<{ id: string }>(
      "UPDATE outbox SET pending = array_remove(pending, $2) WHERE id = ANY(SELECT id FROM outbox WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE) RETURNING CASE WHEN pending = '{}' THEN id::text END AS id",
      [ids, subscriber],
    );
    await this.remove(rows.map(({ id }) => id).filter((id) => id !== null));
  }

  /** Ends events that nobody waits for. */
  async remove(ids: string[]): Promise<void> {
    if (ids.length > 0)
      await this.sql.asyncCommitPool.query("DELETE FROM outbox WHERE id = ANY($1::bigint[]) AND pending = '{}'", [ids]);
  }

  /** Handled by all, but the process died before it could say so in the last statement. */
  async removeFinished(): Promise<void> {
    await this.sql.pool.query("DELETE FROM outbox WHERE pending = '{}' AND dispatched_at IS NOT NULL");
  }

  async counts(): Promise<{ waiting: number; dispatched: number; dead: number }> {
    const { rows } = await this.sql.pool.query<{ waiting: number; dispatched: number; dead: number }>(`
      SELECT count(*) FILTER (WHERE dispatched_at IS NULL)::int AS waiting,
             count(*) FILTER (WHERE dispatched_at IS NOT NULL AND dispatches < ${MAX_DISPATCHES})::int AS dispatched,
             count(*) FILTER (WHERE dispatches >= ${MAX_DISPATCHES})::int AS dead FROM outbox`);
    return rows[0] ?? { waiting: 0, dispatched: 0, dead: 0 };
  }
}
