import { Injectable } from '@nestjs/common';
import { type Lease, Leases } from '../../platform/leases/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, type Prisma, query, type Tx } from '../../platform/prisma/index.js';
import { Clock, retrievalId, type RetrievalId } from '../../shared/index.js';
import { IllegalRetrievalTransition } from '../domain/retrieval.errors.js';
import { retrievalAttempted, retrievalFinished } from '../domain/retrieval.events.js';
import {
  type Attempt,
  type AttemptReport,
  canTransition,
  type Outcome,
  type Retrieval,
  type RetrievalFigures,
  type RetrievalState,
  type RetrievalTransition,
} from '../domain/retrieval.js';
import { FIGURES, NEWEST_OF, RECENT_FAILURES } from './retrieval.sql.js';

/**
 * Somebody waits: a new retrieval is due at once, also for a worker whose clock is behind that of the process that asks.
 * All are due so much earlier, which keeps their order.
 */
const CLOCKS_DIFFER_MS = 86_400_000;

/** A worker's right to a retrieval. Its writes count only while no other worker has taken the retrieval up since. */
export interface RetrievalLease extends Lease {
  id: RetrievalId;
  /** CIDv1 text. */
  root: string;
}

/**
 * The retrievals and their timelines (tables `retrievals` and `retrieval_moves`). Transitions and the events that
 * announce them commit together.
 */
@Injectable()
export class PostgresRetrievalStore {
  private readonly leases: Leases<{ root: string; state: RetrievalState }>;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    this.leases = new Leases(
      { table: 'retrievals', key: 'id', keyType: 'uuid', condition: 'live', returning: 'root, state' },
      clock,
    );
  }

  /** The live retrieval of this root, made when there is none: however many ask at once, one row. */
  async request(root: string): Promise<{ id: RetrievalId; created: boolean; attempts: number }> {
    for (;;) {
      const known = await this.database.retrieval.findFirst({
        where: { root, live: true },
        select: { id: true, leaseNumber: true },
      });
      if (known) return { id: retrievalId(known.id), created: false, attempts: known.leaseNumber };
      const now = this.clock.now();
      // The partial unique index lets one of many through; the others read its row on their next round.
      const made = await this.database.retrieval.createManyAndReturn({
        data: [{ root, createdAt: now, updatedAt: now, nextCheckAt: new Date(now.getTime() - CLOCKS_DIFFER_MS) }],
        skipDuplicates: true,
        select: { id: true },
      });
      if (made[0]) return { id: retrievalId(made[0].id), created: true, attempts: 0 };
    }
  }

  /** Null when there is none. */
  async find(id: RetrievalId): Promise<Retrieval | null> {
    const row = await this.database.retrieval.findUnique({ where: { id } });
    return row && toRetrieval(row);
  }

  /** The newest of this root, or null. */
  async latest(root: string): Promise<Retrieval | null> {
    const row = await this.database.retrieval.findFirst({
      where: { root },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    return row && toRetrieval(row);
  }

  /** Of each root the newest that had begun `before` (null: the newest), or null; in the order of the roots. */
  async newestOf(asked: readonly { root: string; before: Date | null }[]): Promise<(Retrieval | null)[]> {
    if (asked.length === 0) return [];
    const found = await query(this.database, NEWEST_OF, [
      asked.map(({ root }) => root),
      asked.map(({ before }) => before),
    ]);
    const rows = await this.database.retrieval.findMany({ where: { id: { in: found.map(({ id }) => id) } } });
    const byId = new Map(rows.map((row) => [row.id, toRetrieval(row)]));
    const byPlace = new Map(found.map(({ at, id }) => [at, byId.get(id) ?? null]));
    return asked.map((_, index) => byPlace.get(index + 1) ?? null);
  }

  /** The timeline, oldest first. */
  async transitions(id: RetrievalId): Promise<RetrievalTransition[]> {
    return this.database.retrievalMove.findMany({
      where: { retrievalId: id },
      orderBy: { id: 'asc' },
      select: { from: true, to: true, cause: true, at: true },
    });
  }

  /** Newest first. */
  async recent(limit: number): Promise<Retrieval[]> {
    const rows = await this.database.retrieval.findMany({ orderBy: { createdAt: 'desc' }, take: limit });
    return rows.map(toRetrieval);
  }

  /** Over all retrievals; reads the whole table. */
  async figures(): Promise<RetrievalFigures> {
    const [row] = await query(this.database, FIGURES, []);
    return {
      total: Number(row?.total ?? 0),
      live: Number(row?.live ?? 0),
      stored: Number(row?.stored ?? 0),
      failed: Number(row?.failed ?? 0),
      bytes: Number(row?.bytes ?? 0),
      medianFirstByteMs: row?.first ?? null,
    };
  }

  /**
   * Takes up a live retrieval that nobody has leased (any more): it is `locating` then, from scratch. Null when it is
   * leased or over.
   */
  async claim(id: RetrievalId, leaseMs: number): Promise<RetrievalLease | null> {
    return this.database.transaction(async (tx) => {
      const lease = await this.leases.claim(tx, id, leaseMs);
      if (!lease) return null;
      const { root, state } = lease.row;
      const at = this.clock.now();
      const fromScratch = { reasons: [], bytes: 0, blocks: 0, source: null, miner: null, firstByteMs: null };
      await tx.retrieval.update({ where: { id }, data: { ...fromScratch, state: 'locating', updatedAt: at } });
      const cause = lease.number === 1 ? 'taken up' : 'taken up again: its worker was lost';
      await tx.retrievalMove.create({ data: { retrievalId: id, from: state, to: 'locating', cause, at } });
      return { id, root, key: lease.key, number: lease.number, until: lease.until };
    });
  }

  /** False: the lease is lost. */
  async extend(lease: RetrievalLease, leaseMs: number): Promise<boolean> {
    return (await this.leases.extend(this.database, [lease], leaseMs)).length === 0;
  }

  /** Ends the lease, so that the next worker need not wait for it to run out. */
  async release(lease: RetrievalLease): Promise<void> {
    await this.leases.release(this.database, lease, this.clock.now());
  }

  /**
   * @throws LeaseLost when another worker has taken over, IllegalRetrievalTransition when the states do not allow it.
   */
  async transition(lease: RetrievalLease, to: RetrievalState, cause: string): Promise<void> {
    await this.database.transaction((tx) => this.transitionIn(tx, lease, to, cause, {}));
  }

  /**
   * One try at one source is over: into the row's reasons when it failed, and announced.
   * @throws LeaseLost
   */
  async attempted(lease: RetrievalLease, attempt: Attempt): Promise<void> {
    const { report } = attempt;
    await this.database.transaction(async (tx) => {
      const row = await this.lock(tx, lease);
      const reasons = report ? [...(row.reasons as unknown as AttemptReport[]), report] : row.reasons;
      await tx.retrieval.update({
        where: { id: lease.id },
        data: { reasons: reasons as object[], updatedAt: this.clock.now() },
      });
      await this.announce(tx, lease.id, lease.root, attempt);
    });
  }

  /** One try at retrieving the CAR of a piece, which has no row: announced only. `root` is the CAR's. */
  async pieceAttempted(root: string, attempt: Attempt): Promise<void> {
    await this.database.transaction((tx) => this.announce(tx, null, root, attempt));
  }

  /** verified or locating -> stored, announced. @throws LeaseLost */
  async stored(lease: RetrievalLease, outcome: Outcome): Promise<void> {
    await this.finish(lease, 'stored', outcome, []);
  }

  /** -> failed, announced. The reasons are those of the attempts and these. @throws LeaseLost */
  async failed(lease: RetrievalLease, outcome: Outcome, more: readonly AttemptReport[]): Promise<void> {
    await this.finish(lease, 'failed', outcome, more);
  }

  /** Live retrievals that nobody has leased, oldest first. */
  async findUnleased(limit: number): Promise<{ id: RetrievalId; attempts: number }[]> {
    const now = this.clock.now();
    const rows = await this.database.retrieval.findMany({
      where: { live: true, nextCheckAt: { lte: now }, OR: [{ leaseUntil: null }, { leaseUntil: { lte: now } }] },
      orderBy: { createdAt: 'asc' },
      take: limit,
      select: { id: true, leaseNumber: true },
    });
    return rows.map((row) => ({ id: retrievalId(row.id), attempts: row.leaseNumber }));
  }

  /** How often each miner failed in the last `sinceMs`, by our own attempts. */
  async recentFailures(miners: readonly string[], sinceMs: number): Promise<Map<string, number>> {
    if (miners.length === 0) return new Map();
    const since = new Date(this.clock.now().getTime() - sinceMs);
    const rows = await query(this.database, RECENT_FAILURES, [since, miners]);
    return new Map(rows.map(({ miner, failures }) => [miner, Number(failures)]));
  }

  /** Into the outbox of this transaction; `id` is null for pieces. */
  private async announce(
    tx: Tx,
    id: string | null,
    root: string,
    { miner, source, ok, report, firstByteMs, durationMs, bytes }: Attempt,
  ): Promise<void> {
    await this.outbox.add(tx, retrievalAttempted, {
      retrievalId: id,
      root,
      // Who was not to blame is not measured.
      miner: report?.fault === undefined ? miner : null,
      source,
      ok,
      phase: report?.phase ?? null,
      reason: report?.reason ?? null,
      firstByteMs,
      durationMs,
      bytes,
    });
  }

  /** One transaction: last transition, outcome, event, end of the lease. */
  private async finish(
    lease: RetrievalLease,
    to: 'stored' | 'failed',
    outcome: Outcome,
    more: readonly AttemptReport[],
  ): Promise<void> {
    const { cause, source, miner, bytes, blocks, firstByteMs, durationMs } = outcome;
    await this.database.transaction(async (tx) => {
      const row = await this.lock(tx, lease);
      const reasons = [...(row.reasons as unknown as AttemptReport[]), ...more];
      await this.transitionIn(tx, lease, to, cause, {
        live: false,
        leaseUntil: null,
        nextCheckAt: null,
        source,
        miner,
        bytes: BigInt(bytes),
        blocks,
        firstByteMs,
        durationMs,
        reasons: reasons as unknown as object[],
      });
      await this.outbox.add(tx, retrievalFinished, {
        retrievalId: lease.id,
        root: lease.root,
        ok: to === 'stored',
        miner,
        bytes,
        durationMs,
      });
    });
  }

  /** Writes row and timeline. @throws LeaseLost, IllegalRetrievalTransition */
  private async transitionIn(
    tx: Tx,
    lease: RetrievalLease,
    to: RetrievalState,
    cause: string,
    patch: object,
  ): Promise<void> {
    const row = await this.lock(tx, lease);
    const from = row.state as RetrievalState;
    if (!canTransition(from, to)) throw new IllegalRetrievalTransition(`a retrieval does not go from ${from} to ${to}`);
    const now = this.clock.now();
    await tx.retrieval.update({ where: { id: lease.id }, data: { ...patch, state: to, updatedAt: now } });
    await tx.retrievalMove.create({ data: { retrievalId: lease.id, from, to, cause, at: now } });
  }

  /** The row, locked to the end of the transaction. @throws LeaseLost */
  private async lock(tx: Tx, lease: RetrievalLease): Promise<RetrievalRow> {
    await this.leases.assertHeld(tx, lease);
    return tx.retrieval.findUniqueOrThrow({ where: { id: lease.id } });
  }
}

type RetrievalRow = Prisma.RetrievalGetPayload<object>;

function toRetrieval({ leaseNumber, leaseUntil: _until, nextCheckAt: _next, ...row }: RetrievalRow): Retrieval {
  return {
    ...row,
    attempts: leaseNumber,
    id: retrievalId(row.id),
    state: row.state as RetrievalState,
    bytes: Number(row.bytes),
    reasons: row.reasons as unknown as AttemptReport[],
  };
}
