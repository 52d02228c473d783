import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
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
import * as sql from './provider-record.sql.js';

interface Row {
  id: string;
  root: string;
  state: ProviderRecordState;
  node: string | null;
  held_since: Date | null;
  announced_at: Date | null;
  routing: string[] | null;
  due_at: Date | null;
  failures: number;
  last_error: string | null;
}

/** Further than this nobody counts rows one by one. */
const COUNTED = 10_000;

/** Written without waiting for the disk: what a crash takes back, the sweep finds missing, or is worked on again. */
@Injectable()
export class PostgresProviderRecordStore extends ProviderRecordStore {
  constructor(
    private readonly pools: SqlPool,
    private readonly clock: Clock,
  ) {
    super();
  }

  async provide(roots: readonly string[]): Promise<number> {
    if (roots.length === 0) return 0;
    // In this order: what is removed between the two is added by the second.
    const revived = await this.change(sql.REVIVE, [roots, this.clock.now()]);
    return revived + (await this.change(sql.ADD, [roots, this.clock.now()]));
  }

  async stopProviding(roots: readonly string[]): Promise<number> {
    return roots.length === 0 ? 0 : this.change(sql.STOP, [roots, this.clock.now()]);
  }

  async reprovide(roots: readonly string[]): Promise<string[]> {
    const rows = await this.write<{ root: string }>(sql.REPROVIDE, [this.clock.now(), roots]);
    return rows.map(({ root }) => root);
  }

  async reprovideNext(limit: number): Promise<string[]> {
    const rows = await this.write<{ root: string }>(sql.REPROVIDE_NEXT, [this.clock.now(), limit]);
    return rows.map(({ root }) => root);
  }

  async hasDue(): Promise<boolean> {
    return (await this.write(sql.HAS_DUE, [this.clock.now()])).length === 1;
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedProviderRecord[]> {
    const rows = await this.write<Row & { claim: number; revision: number }>(sql.CLAIM, [
      this.clock.now(),
      this.in(leaseMs),
      limit,
    ]);
    return rows.map((row) => ({ ...recordOf(row), claim: row.claim, revision: row.revision }));
  }

  async extend(
    claims: readonly Pick<ClaimedProviderRecord, 'id' | 'claim'>[],
    leaseMs: number,
  ): Promise<ReadonlySet<string>> {
    const numbers = [claims.map(({ id }) => id), claims.map(({ claim }) => claim)];
    const rows = await this.write<{ id: string }>(sql.EXTEND, [...numbers, this.in(leaseMs)]);
    return new Set(rows.map(({ id }) => id));
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    const removals = settlements.filter(({ remove }) => remove);
    if (removals.length > 0) await this.change(sql.REMOVE, [JSON.stringify(removals)]);
    // Also what was to be removed and is asked for again: the node does not provide it any more.
    if (settlements.length > 0) await this.change(sql.SETTLE, [JSON.stringify(settlements)]);
  }

  async page(filter: ProviderRecordFilter, limit: number, before?: bigint): Promise<ProviderRecord[]> {
    const { where, values } = conditionsOf(filter, before);
    const { rows } = await this.pools.pool.query<Row>(
      `SELECT ${sql.COLUMNS} FROM announcements ${where} ORDER BY id DESC LIMIT ${limit}`,
      values,
    );
    return rows.map(recordOf);
  }

  async count(filter: ProviderRecordFilter): Promise<number> {
    if (filter.root === undefined && filter.failing !== true) {
      const byState = await this.byState();
      return filter.state === undefined
        ? Object.values(byState).reduce((sum, rows) => sum + rows, 0)
        : byState[filter.state];
    }
    const { where, values } = conditionsOf(filter);
    const { rows } = await this.pools.pool.query<{ rows: number }>(
      `SELECT count(*)::int AS rows FROM (SELECT 1 FROM announcements ${where} LIMIT ${COUNTED}) AS found`,
      values,
    );
    return rows[0]?.rows ?? 0;
  }

  async figures(): Promise<ProviderRecordFigures> {
    const [byState, failing, { rows: overdue }] = await Promise.all([
      this.byState(),
      this.count({ failing: true }),
      this.pools.pool.query<{ root: string; due_at: Date }>(sql.OLDEST_OVERDUE, [this.clock.now()]),
    ]);
    const [oldest] = overdue;
    return { byState, failing, oldestOverdue: oldest ? { root: oldest.root, dueAt: oldest.due_at } : null };
  }

  async roots(after: bigint, limit: number): Promise<{ roots: string[]; next: bigint | null }> {
    const rows = await this.write<{ id: string; root: string }>(sql.ROOTS, [after, limit]);
    const last = rows.at(-1);
    return { roots: rows.map(({ root }) => root), next: last && rows.length === limit ? BigInt(last.id) : null };
  }

  async position(walk: string): Promise<bigint> {
    const [row] = await this.write<{ position: string }>(sql.POSITION, [walk]);
    return BigInt(row?.position ?? 0);
  }

  async setPosition(walk: string, position: bigint): Promise<void> {
    await this.change(sql.SET_POSITION, [walk, position]);
  }

  async announceUnannounced(limit: number): Promise<number> {
    return this.change(sql.ANNOUNCE_UNANNOUNCED, [this.clock.now(), limit]);
  }

  async takeFrom(peerIds: readonly string[], limit: number): Promise<number> {
    return peerIds.length === 0 ? 0 : this.change(sql.TAKE_FROM, [peerIds, this.clock.now(), limit]);
  }

  async addUp(): Promise<void> {
    await this.change(sql.ADD_UP, []);
  }

  private async byState(): Promise<Record<ProviderRecordState, number>> {
    const { rows } = await this.pools.pool.query<{ state: ProviderRecordState; rows: number }>(sql.BY_STATE);
    const found = new Map(rows.map((row) => [row.state, row.rows]));
    const counts = providerRecordStates.map((state) => [state, found.get(state) ?? 0]);
    return Object.fromEntries(counts) as Record<ProviderRecordState, number>;
  }

  /** Says how many rows were changed. */
  private async change(text: string, values: unknown[]): Promise<number> {
    return (await this.pools.asyncCommitPool.query(text, values)).rowCount ?? 0;
  }

  private async write<T extends object>(text: string, values: unknown[]): Promise<T[]> {
    return (await this.pools.asyncCommitPool.query<T>(text, values)).rows;
  }

  private in(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

function recordOf(row: Row): ProviderRecord {
  return {
    id: row.id,
    root: row.root,
    state: row.state,
    node: row.node,
    providedSince: row.held_since,
    announcedAt: row.announced_at,
    routing: row.routing ?? [],
    dueAt: row.due_at,
    failures: row.failures,
    lastError: row.last_error,
  };
}

function conditionsOf(
  { state, root, failing }: ProviderRecordFilter,
  before?: bigint,
): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const add = (condition: string, value: unknown) => conditions.push(`${condition} $${values.push(value)}`);
  if (state !== undefined) add('state =', state);
  if (root !== undefined) add('root =', root);
  if (before !== undefined) add('id <', before);
  if (failing === true) conditions.push('failures > 0');
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', values };
}
