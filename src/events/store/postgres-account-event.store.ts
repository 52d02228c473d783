import { Injectable } from '@nestjs/common';
import { Database, execute, json, query } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import type { AccountEvent, NewAccountEvent } from '../domain/account-event.js';
import type { Owner } from '../domain/derive-events.js';
import {
  FORGET,
  LAST_ID,
  NEWEST,
  OWNERS_OF_CAR,
  OWNERS_OF_ROOT,
  PAGE,
  RECORD,
  SINCE,
  TAKE_TURN,
} from './account-events.sql.js';

/** The events of all accounts (`account_events`). Written by the worker alone. */
@Injectable()
export class PostgresAccountEventStore {
  constructor(private readonly database: Database) {}

  /** All of them or none, each once however often it is given; wakes streams and deliveries with the commit. */
  async record(events: readonly NewAccountEvent[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map(({ eventId, type, subject, userId: user, data, at }) => ({
      event_id: eventId,
      type,
      subject,
      user_id: user,
      payload: data,
      at: at.toISOString(),
    }));
    await this.database.transaction(async (tx) => {
      await execute(tx, TAKE_TURN, []);
      await execute(tx, RECORD, [json(rows)]);
    });
  }

  /** Of one account, oldest first, behind `after`. */
  page(user: UserId, after: bigint, types: readonly string[] | null, limit: number): Promise<AccountEvent[]> {
    return query(this.database, PAGE, [user, after, types, limit]);
  }

  /** Of one account, newest first; `before` is the last id of the page before. */
  newest(user: UserId, before: bigint | null, types: readonly string[] | null, limit: number): Promise<AccountEvent[]> {
    return query(this.database, NEWEST, [user, before, types, limit]);
  }

  /** The newest id of all accounts; 0: there is none. */
  async lastId(): Promise<bigint> {
    const [row] = await query(this.database, LAST_ID, []);
    return row?.last ?? 0n;
  }

  /** Accounts that have events behind `after`, each with the newest id that was looked at. */
  async since(after: bigint): Promise<{ userId: UserId; last: bigint }[]> {
    const rows = await query(this.database, SINCE, [after]);
    return rows.map(({ user_id, last }) => ({ userId: userId(user_id), last }));
  }

  /** Removes what was recorded before, up to 5,000; says how many that were. */
  async forget(before: Date): Promise<number> {
    return (await query(this.database, FORGET, [before])).length;
  }

  /** Whose contents lie in a CAR. */
  async ownersOfCar(carId: string): Promise<Owner[]> {
    return (await query(this.database, OWNERS_OF_CAR, [carId])).map(ownerOf);
  }

  /** Whose contents have this root (CIDv1 text). */
  async ownersOfRoot(root: string): Promise<Owner[]> {
    return (await query(this.database, OWNERS_OF_ROOT, [root])).map(ownerOf);
  }
}

function ownerOf(row: { user_id: string; contents: number; ids: string[] }): Owner {
  return { userId: userId(row.user_id), contents: row.contents, contentIds: row.ids };
}
