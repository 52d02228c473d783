import { Injectable } from '@nestjs/common';
import { Database, execute, query, type Statement } from '../prisma/index.js';
import {
  CLAIM_NEW,
  CLAIM_STALE,
  COUNTS,
  HANDLED,
  PENDING_FOR,
  RELEASE,
  REMOVE,
  REMOVE_FINISHED,
  type OutboxRow,
} from './outbox.sql.js';

/** An event in the outbox; its id is decimal text, as everywhere outside of SQL. */
export type PendingEvent = Omit<OutboxRow, 'id'> & { id: string };

/**
 * The table `outbox` as the relay and the processor see it. Every method is one statement. What is written here does
 * not wait for the disk: a crash that takes it back leaves events that are dispatched or handled once more.
 */
@Injectable()
export class PostgresOutboxStore {
  constructor(private readonly database: Database) {}

  /**
   * Takes new events, oldest first: from now on they wait for `subscribers[name]`. Two relays never take the same row.
   */
  async claimNew(subscribers: Record<string, string[]>, limit: number): Promise<PendingEvent[]> {
    return this.claim(CLAIM_NEW, [JSON.stringify(subscribers), limit, 1]);
  }

  /**
   * Takes events again whose jobs seem to be lost: dispatched `timeoutMs` ago and still not handled.
   * The time doubles with every round that counts.
   */
  async claimStale(timeoutMs: number, limit: number, counts: boolean): Promise<PendingEvent[]> {
    return this.claim(CLAIM_STALE, [timeoutMs, limit, counts ? 1 : 0]);
  }

  /** The jobs could not be added: the next round takes these again, as if they were new. */
  async release(ids: string[]): Promise<void> {
    await execute(this.database.asyncCommit, RELEASE, [ids]);
  }

  /** Which of these the subscriber has not handled yet, oldest first. */
  async pendingFor(subscriber: string, ids: string[]): Promise<PendingEvent[]> {
    return (await query(this.database, PENDING_FOR, [ids, subscriber])).map(eventOf);
  }

  /**
   * The subscriber has handled these; repeating it changes nothing. The last one to say so ends the event: its row is
   * deleted.
   */
  async handled(subscriber: string, ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const rows = await query(this.database.asyncCommit, HANDLED, [ids, subscriber]);
    await this.remove(rows.flatMap(({ id }) => (id === null ? [] : [id.toString()])));
  }

  /** Deletes events that nobody waits for; others stay, whatever `ids` says. */
  async remove(ids: string[]): Promise<void> {
    if (ids.length > 0) await execute(this.database.asyncCommit, REMOVE, [ids]);
  }

  /** Handled by all, but the process died before it could say so in the last statement. */
  async removeFinished(): Promise<void> {
    await execute(this.database, REMOVE_FINISHED, []);
  }

  /** Events that are new, on their way, and left to people. */
  async counts(): Promise<{ waiting: number; dispatched: number; dead: number }> {
    const [row] = await query(this.database, COUNTS, []);
    return row ?? { waiting: 0, dispatched: 0, dead: 0 };
  }

  private async claim<Values extends readonly (string | number)[]>(
    statement: Statement<OutboxRow, Values>,
    values: Values,
  ): Promise<PendingEvent[]> {
    const rows = await query(this.database.asyncCommit, statement, values);
    return rows.sort((a, b) => Number(a.id - b.id)).map(eventOf);
  }
}

function eventOf({ id, ...event }: OutboxRow): PendingEvent {
  return { id: id.toString(), ...event };
}
