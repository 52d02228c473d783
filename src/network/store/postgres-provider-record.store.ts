import { Injectable } from '@nestjs/common';
import { Leases } from '../../platform/leases/index.js';
import { Database, execute, json, query } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import {
  providerRecordStates,
  type ClaimedProviderRecord,
  type ProviderRecord,
  type ProviderRecordState,
  type Settlement,
} from '../domain/provider-record.js';
import {
  ProviderRecordStore,
  type ProviderRecordFigures,
  type ProviderRecordFilter,
} from '../ports/provider-record-store.port.js';
import * as statements from './provider-record.sql.js';

/** Further than this nobody counts rows one by one. */
const COUNTED = 10_000;

/** Written without waiting for the disk: what a crash takes back, the sweep finds missing, or is worked on again. */
@Injectable()
export class PostgresProviderRecordStore extends ProviderRecordStore {
  private readonly leases: Leases<statements.ClaimedProviderRecordRow>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
    this.leases = new Leases(statements.LEASE, clock);
  }

  async provide(roots: readonly string[]): Promise<number> {
    if (roots.length === 0) return 0;
    // In this order: what is removed between the two is added by the second.
    const revived = await execute(this.database.asyncCommit, statements.REVIVE, [roots, this.clock.now()]);
    return revived + (await execute(this.database.asyncCommit, statements.ADD, [roots, this.clock.now()]));
  }

  async stopProviding(roots: readonly string[]): Promise<number> {
    if (roots.length === 0) return 0;
    return execute(this.database.asyncCommit, statements.STOP, [roots, this.clock.now()]);
  }

  /** Also records that are on their way out: they are looked at again, and withdrawn if their bytes are gone. */
  async reprovide(roots: readonly string[]): Promise<string[]> {
    const rows = await query(this.database.asyncCommit, statements.REPROVIDE, [this.clock.now(), roots]);
    return rows.map(({ root }) => root);
  }

  async reprovideNext(limit: number): Promise<string[]> {
    const rows = await query(this.database.asyncCommit, statements.REPROVIDE_NEXT, [this.clock.now(), limit]);
    return rows.map(({ root }) => root);
  }

  async hasDue(): Promise<boolean> {
    return (await query(this.database.asyncCommit, statements.HAS_DUE, [this.clock.forStatement()])).length === 1;
  }

  /**
   * One statement. Rows that somebody else claims at the same moment are passed over; `dueAt` is the time before this
   * claim.
   */
  async claim(limit: number, leaseMs: number): Promise<ClaimedProviderRecord[]> {
    const claims = await this.leases.claimDue(this.database.asyncCommit, limit, leaseMs);
    return claims.map(({ row, number, dueSince }) => ({
      ...recordOf(row),
      dueAt: dueSince,
      leaseNumber: number,
      revision: row.revision,
    }));
  }

  /** One statement for all. A lease is lost once somebody else has claimed the record, or the record is gone. */
  async extend<R extends Pick<ClaimedProviderRecord, 'id' | 'leaseNumber'>>(
    records: readonly R[],
    leaseMs: number,
  ): Promise<R[]> {
    const leases = records.map((record) => ({ key: record.id, number: record.leaseNumber, record }));
    const lost = await this.leases.extend(this.database.asyncCommit, leases, leaseMs);
    return lost.map(({ record }) => record);
  }

  /** Two statements, not one transaction: after a crash between them the rest is due again when its leases run out. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    const removals = settlements.filter(({ remove }) => remove);
    if (removals.length > 0) await execute(this.database.asyncCommit, statements.REMOVE, [json(removals)]);
    // Also what was to be removed and is asked for again: the node does not provide it any more.
    if (settlements.length > 0) await execute(this.database.asyncCommit, statements.SETTLE, [json(settlements)]);
  }

  async page(filter: ProviderRecordFilter, limit: number, before?: bigint): Promise<ProviderRecord[]> {
    const { statement, values } = statements.pageOf(filter, limit, before);
    return (await query(this.database, statement, values)).map(recordOf);
  }

  /**
   * Without root and failure the kept tallies answer, however many there are; otherwise rows are counted, up to 10,000.
   */
  async count(filter: ProviderRecordFilter): Promise<number> {
    if (filter.root === undefined && filter.failing !== true) {
      const byState = await this.byState();
      if (filter.state !== undefined) return byState[filter.state];
      return Object.values(byState).reduce((sum, rows) => sum + rows, 0);
    }
    const { statement, values } = statements.countOf(filter, COUNTED);
    const [found] = await query(this.database, statement, values);
    return found?.rows ?? 0;
  }

  /** Three queries beside each other, not one snapshot. */
  async figures(): Promise<ProviderRecordFigures> {
    const [byState, failing, [oldest]] = await Promise.all([
      this.byState(),
      this.count({ failing: true }),
      query(this.database, statements.OLDEST_OVERDUE, [this.clock.forStatement()]),
    ]);
    return { byState, failing, oldestOverdue: oldest ? { root: oldest.root, dueAt: oldest.due_since } : null };
  }

  /** The end is a page that is not full. */
  async roots(after: bigint, limit: number): Promise<{ roots: string[]; next: bigint | null }> {
    const rows = await query(this.database.asyncCommit, statements.ROOTS, [after, limit]);
    const last = rows.at(-1);
    return { roots: rows.map(({ root }) => root), next: last && rows.length === limit ? last.id : null };
  }

  async position(walk: string): Promise<bigint> {
    const [row] = await query(this.database.asyncCommit, statements.POSITION, [walk]);
    return row?.position ?? 0n;
  }

  async setPosition(walk: string, position: bigint): Promise<void> {
    await execute(this.database.asyncCommit, statements.SET_POSITION, [walk, position]);
  }

  async announceUnannounced(limit: number): Promise<number> {
    return execute(this.database.asyncCommit, statements.ANNOUNCE_UNANNOUNCED, [this.clock.now(), limit]);
  }

  /** The nodes are taken for gone; one that lives after all finds its records due and provides them again. */
  async takeFrom(peerIds: readonly string[], limit: number): Promise<number> {
    if (peerIds.length === 0) return 0;
    return execute(this.database.asyncCommit, statements.TAKE_FROM, [peerIds, this.clock.now(), limit]);
  }

  async addUp(): Promise<void> {
    await execute(this.database.asyncCommit, statements.ADD_UP, []);
  }

  private async byState(): Promise<Record<ProviderRecordState, number>> {
    const rows = await query(this.database, statements.BY_STATE, []);
    const found = new Map(rows.map((row) => [row.state, row.rows]));
    const counts = providerRecordStates.map((state) => [state, found.get(state) ?? 0]);
    return Object.fromEntries(counts) as Record<ProviderRecordState, number>;
  }
}

function recordOf(row: statements.ProviderRecordRow): ProviderRecord {
  return {
    id: row.id.toString(),
    root: row.root,
    state: row.state,
    node: row.node,
    providedSince: row.held_since,
    announcedAt: row.announced_at,
    routing: row.routing ?? [],
    dueAt: row.next_check_at,
    failures: row.failures,
    lastError: row.last_error,
  };
}
