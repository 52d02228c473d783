import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, execute, query } from '../../platform/prisma/index.js';
import { Clock, type ContentId, type PinRequestId, type UserId } from '../../shared/index.js';
import type { PinFilter, PinRecord } from '../pin.js';
import { PinQuotaUsedUp } from '../pinning.errors.js';
import { addPins, PinCommitter } from './pin-committer.store.js';
import { listing } from './pin-list.sql.js';
import { PinStore, type NewPin } from './pin-store.port.js';
import * as statements from './pins.sql.js';
import { isRequestId, isRowId, pinOf } from './pins.sql.js';

/** The table `pins`, as those see it who ask for pins; workers see it through PostgresPinLeases. */
@Injectable()
export class PostgresPinStore extends PinStore {
  private readonly committer: PinCommitter;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
    this.committer = new PinCommitter(database, clock);
  }

  /** Waits for the commit that this pin shares with others that came meanwhile. */
  add(pin: NewPin): Promise<PinRecord> {
    return this.committer.one(pin);
  }

  /** One transaction of its own, so that a large batch does not hold up the pins of others. */
  addAll(pins: NewPin[]): Promise<(PinRecord | null)[]> {
    return this.committer.many(pins);
  }

  async findAll(userId: UserId, ids: { requestIds: string[]; contentIds: string[] }): Promise<PinRecord[]> {
    const [requestIds, contentIds] = [ids.requestIds.filter(isRequestId), ids.contentIds.filter(isRowId)];
    return (await query(this.database, statements.FIND_ALL, [userId, requestIds, contentIds])).map(pinOf);
  }

  /**
   * One transaction: hidden, its place passed on, the new one added. When that is over the quota all of it is undone.
   * Of two replacements at once one finds no such pin. @throws PinQuotaUsedUp
   */
  async replace(requestId: PinRequestId, pin: NewPin): Promise<PinRecord | null> {
    if (!isRequestId(requestId)) return null;
    const [fresh, now] = [randomUUID(), this.clock.now()];
    return this.database.transaction(async (tx) => {
      if ((await execute(tx, statements.REPLACE, [requestId, pin.userId, now, fresh])) === 0) return null;
      await execute(tx, statements.PASS_ON, [requestId, fresh]);
      const [stored] = await addPins(tx, [pin], now, [fresh]);
      if (!stored) throw new PinQuotaUsedUp();
      return stored;
    });
  }

  /** Reads what was committed: a pin is here as soon as its `add` has resolved. */
  async find(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null> {
    if (!isRequestId(requestId)) return null;
    const [row] = await query(this.database, statements.FIND, [requestId, userId]);
    return row ? pinOf(row) : null;
  }

  /**
   * One statement, so that count and page are of one moment (pin-list.sql.ts). A status that is named twice counts
   * once.
   */
  async list(userId: UserId, filter: PinFilter): Promise<{ count: number; pins: PinRecord[] }> {
    const { statement, values } = listing(userId, { ...filter, statuses: [...new Set(filter.statuses)] });
    const rows = await query(this.database, statement, values);
    return {
      count: Number(rows[0]?.count ?? 0),
      pins: rows.flatMap((row) => (row.request_id === null ? [] : [pinOf(row)])),
    };
  }

  /** Null the second time. The fetch that runs notices when it extends its lease, and writes nothing. */
  async remove(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null> {
    if (!isRequestId(requestId)) return null;
    const [row] = await query(this.database, statements.REMOVE, [requestId, userId, this.clock.now()]);
    return row ? pinOf(row) : null;
  }

  /** The first removed first. They stay in the list until they are purged. */
  async removed(limit: number): Promise<PinRecord[]> {
    return (await query(this.database, statements.REMOVED, [limit])).map(pinOf);
  }

  async purge(requestId: PinRequestId): Promise<void> {
    await execute(this.database, statements.PURGE, [requestId]);
  }

  async removeOf(contentId: ContentId): Promise<void> {
    await execute(this.database, statements.REMOVE_OF_CONTENT, [contentId]);
  }
}
