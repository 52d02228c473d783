import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import {
  Database,
  execute,
  json,
  query,
  type Parameter,
  type Statement,
  type Tx,
} from '../../platform/prisma/index.js';
import { Clock, userId, type ContentId } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../pin.js';
import { PinLeaseLost } from '../pinning.errors.js';
import { pinChanged } from '../pinning.events.js';
import { pinOf } from '../requests/pins.sql.js';
import { PinLeases, type AccountShare, type PinHeartbeat, type Weights } from './pin-leases.port.js';
import * as statements from './pin-leases.sql.js';

/** The leases in the rows of `pins`, and whose turn it is (`pin_turns`). */
@Injectable()
export class PostgresPinLeases extends PinLeases {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** One statement. Claims of all workers come one after the other, so that each sees what the last one took. */
  async claimNext(leaseMs: number, weights: Weights): Promise<PinClaim | null> {
    const values = [this.clock.forStatement(), leaseMs, [...weights.keys()], [...weights.values()]] as const;
    const [row] = await query(this.database, statements.CLAIM_NEXT, [...values]);
    return row ? { pin: pinOf(row), leaseNumber: row.lease_number } : null;
  }

  /** One statement for all claims of the worker; the progress of lost ones is not written. */
  async extend(beats: readonly PinHeartbeat[], leaseMs: number): Promise<PinClaim[]> {
    if (beats.length === 0) return [];
    const rows = await query(this.database, statements.EXTEND, [
      this.clock.forStatement(),
      leaseMs,
      beats.map(({ claim }) => claim.pin.requestId),
      beats.map(({ claim }) => claim.leaseNumber),
      beats.map(({ progress }) => json(progress)),
      beats.map(({ lookedMs }) => Math.round(lookedMs)),
    ]);
    const extended = new Map(rows.map((row) => [row.request_id, row.lease_number]));
    return beats
      .map(({ claim }) => claim)
      .filter(({ pin, leaseNumber }) => extended.get(pin.requestId) !== leaseNumber);
  }

  /**
   * Also for a pin that no worker has claimed: the request that made it may pin it at once. The announcement commits
   * with it.
   */
  async pinned(tx: Tx, claim: PinClaim, contentId: ContentId, progress: PinProgress | null): Promise<void> {
    const { pin, leaseNumber } = claim;
    const info = progress && json(progress);
    const values = [pin.requestId, leaseNumber, contentId, this.clock.forStatement(), info] as const;
    if ((await execute(tx, statements.PINNED, [...values])) !== 1)
      throw new PinLeaseLost(`the pin ${pin.requestId} was removed meanwhile`);
    const { requestId, userId: owner, cid } = pin;
    await this.outbox.add(tx, pinChanged, { requestId, userId: owner, cid, status: 'pinned', reason: null });
  }

  release(claim: PinClaim, afterMs: number | null, lookedMs: number): Promise<void> {
    return this.settle(claim, statements.RELEASE, [afterMs, Math.round(lookedMs)]);
  }

  retry(claim: PinClaim, afterMs: number, reason: string): Promise<void> {
    return this.settle(claim, statements.RETRY, [afterMs, reason]);
  }

  fail(claim: PinClaim, reason: string): Promise<void> {
    return this.settle(claim, statements.FAIL, [reason]);
  }

  /** One statement; several processes at once reclaim a pin once. Announced as `pin.changed`. */
  async reclaim(mostCutOffs: number): Promise<number> {
    return (await query(this.database, statements.RECLAIM, [this.clock.forStatement(), mostCutOffs])).length;
  }

  /**
   * Reads the partial indexes of running and of queued pins. Not one with a claim: it may be out of date when it is
   * used.
   */
  async shares(mostDue: number): Promise<AccountShare[]> {
    const rows = await query(this.database, statements.SHARES, [this.clock.forStatement(), mostDue]);
    return rows.map((row) => ({ userId: userId(row.user_id), running: row.running, due: row.due }));
  }

  async oldestSeconds(): Promise<number> {
    const [oldest] = await query(this.database, statements.OLDEST_QUEUED, [this.clock.forStatement()]);
    return oldest?.seconds ?? 0;
  }

  /** Ends a claim, with the announcement of what became of the pin; nothing happens when the lease is lost. */
  private async settle<Row extends object, Rest extends readonly Parameter[]>(
    { pin, leaseNumber }: PinClaim,
    statement: Statement<Row, [requestId: string, leaseNumber: number, now: Date | null, ...rest: Rest]>,
    rest: Rest,
  ): Promise<void> {
    await query(this.database, statement, [pin.requestId, leaseNumber, this.clock.forStatement(), ...rest]);
  }
}
