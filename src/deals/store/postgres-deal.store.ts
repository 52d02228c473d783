import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../platform/prisma/index.js';
import { type AttoFil, type CarId, Clock, type DealId, type Epoch, type MinerId, minerId } from '../../shared/index.js';
import type { CommittedPiece, Deal, Piece } from '../domain/deal.js';
import type { FailureReason } from '../domain/failure.js';
import { type OpenSlot, type PastFailure, planSlots } from '../domain/replication-policy.js';
import { DealTransitions, type TransitionNote } from './deal-transitions.js';
import { lockPiece } from './postgres-piece.store.js';
import { toDeal, toPiece } from './rows.js';

export interface Assignment extends OpenSlot {
  miner: MinerId;
  price: AttoFil;
  totalCost: AttoFil;
}

/** What the wallet can still promise, before the promises of deals that are not on chain yet. */
export interface Funds {
  available: AttoFil;
  /** Null: no DataCap at all. */
  dataCap: bigint | null;
}

export interface Reservation {
  deals: Deal[];
  /** What ran out, when not every assignment could be reserved. */
  short: 'balance' | 'datacap' | null;
}

export interface DueDeal {
  deal: Deal;
  piece: Piece;
  /** How long nobody has looked beyond the time that was set. */
  lateMs: number;
  /** Deals of this piece that were given up because nothing moved. */
  stalledBefore: number;
}

const STALL_REASONS: readonly FailureReason[] = ['transfer-stalled', 'publish-failed', 'miner-silent'];

/** Deals between the decision to make them and the chain: promised, not yet paid. */
const PROMISED = ['queued', 'proposed', 'accepted', 'transferring'];

/** The table `deals`, except for transitions (see DealTransitions). `check_at` is when a sweep must look, and the end of a worker's lease. */
@Injectable()
export class PostgresDealStore {
  constructor(
    private readonly database: Database,
    private readonly transitions: DealTransitions,
    private readonly clock: Clock,
  ) {}

  async find(id: DealId): Promise<Deal | null> {
    const row = await this.database.deal.findUnique({ where: { id: BigInt(id) } });
    return row ? toDeal(row) : null;
  }

  async ofPiece(carId: CarId): Promise<Deal[]> {
    const rows = await this.database.deal.findMany({ where: { carId }, orderBy: { id: 'asc' } });
    return rows.map(toDeal);
  }

  /** How earlier deals of this piece went wrong. */
  async failuresOf(carId: CarId): Promise<PastFailure[]> {
    const rows = await this.database.deal.findMany({
      where: { carId, state: { in: ['rejected', 'failed', 'slashed'] } },
      select: { miner: true, failureReason: true, updatedAt: true },
    });
    return rows.map((row) => ({
      miner: minerId(row.miner),
      reason: row.failureReason as FailureReason | null,
      at: row.updatedAt,
    }));
  }

  /** Deals on their way, per miner. */
  async inFlight(): Promise<Map<MinerId, number>> {
    const rows = await this.database.deal.groupBy({
      by: ['miner'],
      where: { live: true, state: { in: [...PROMISED, 'published'] } },
      _count: true,
    });
    return new Map(rows.map((row) => [minerId(row.miner), row._count]));
  }

  /**
   * One row per assignment that still has a free slot, a miner without a live deal, and money: under the piece's row lock, so that
   * any number of workers together never fill a slot twice. The unique indexes over live deals stand behind it.
   */
  async reserve(piece: CommittedPiece, assignments: readonly Assignment[], funds: Funds): Promise<Reservation> {
    return this.database.transaction(async (tx) => {
      const locked = await lockPiece(tx, piece.carId);
      if (!locked || locked.state === 'retired') return { deals: [], short: null };
      const live = (await tx.deal.findMany({ where: { carId: piece.carId, live: true } })).map(toDeal);
      const open = new Set(planSlots(piece.replication, live).open.map(({ slot }) => slot));
      const taken = new Set(live.map(({ miner }) => miner));
      const wallet = await this.unpromised(tx, piece.verified, funds);
      const reservation: Reservation = { deals: [], short: null };
      for (const assignment of assignments) {
        if (!open.has(assignment.slot) || taken.has(assignment.miner)) continue;
        reservation.short = wallet.spend(piece, assignment);
        if (reservation.short !== null) break;
        reservation.deals.push(await this.insert(tx, piece, assignment));
        open.delete(assignment.slot);
        taken.add(assignment.miner);
      }
      if (reservation.deals.length > 0)
        await tx.piece.updateMany({
          where: { carId: piece.carId, state: 'committed' },
          data: { state: 'replicating' },
        });
      return reservation;
    });
  }

  async promote(carId: CarId, id: DealId, slot: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lockPiece(tx, carId);
      const holder = await tx.deal.findFirst({ where: { carId, slot, live: true } });
      if (!holder) await tx.deal.updateMany({ where: { id: BigInt(id), live: true }, data: { slot } });
    });
  }

  /** Leases due deals that have been proposed to the caller, with their pieces. Workers skip each other's. */
  async claimDue(limit: number, leaseMs: number): Promise<DueDeal[]> {
    const now = this.clock.now();
    const rows = await this.database.$queryRaw<{ id: bigint; due_at: Date }[]>`
      WITH due AS (SELECT id, check_at AS due_at FROM deals WHERE live AND state <> 'queued' AND check_at <= ${now} ORDER BY check_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      UPDATE deals SET check_at = ${new Date(now.getTime() + leaseMs)} FROM due WHERE deals.id = due.id RETURNING deals.id, due.due_at`;
    const dueAt = new Map(rows.map((row) => [row.id, row.due_at]));
    const deals = await this.database.deal.findMany({
      where: { id: { in: [...dueAt.keys()] } },
      orderBy: { id: 'asc' },
      include: {
        piece: { include: { _count: { select: { deals: { where: { failureReason: { in: [...STALL_REASONS] } } } } } } },
      },
    });
    return deals.map(({ piece: { _count, ...piece }, ...deal }) => ({
      deal: toDeal(deal),
      piece: toPiece(piece),
      lateMs: now.getTime() - (dueAt.get(deal.id) ?? now).getTime(),
      stalledBefore: _count.deals,
    }));
  }

  /** Nothing moved but perhaps bytes. `restartsTimeout`: we were not looking, so the miner's time begins anew. */
  async looked(deal: Deal, againAt: Date, bytesSent: number | null, restartsTimeout = false): Promise<void> {
    const progress = bytesSent !== null && bytesSent > deal.bytesSent ? { bytesSent: BigInt(bytesSent) } : null;
    const touched = progress !== null || restartsTimeout ? { updatedAt: this.clock.now() } : {};
    await this.database.deal.updateMany({
      where: { id: BigInt(deal.id), state: deal.state },
      data: { checkAt: againAt, ...progress, ...touched },
    });
  }

  /** Takes a due, unsent deal for `leaseMs`; null when somebody else has it. */
  async claimQueued(id: DealId, leaseMs: number): Promise<{ deal: Deal; piece: Piece } | null> {
    const now = this.clock.now();
    const rows = await this.database.deal.updateManyAndReturn({
      where: { id: BigInt(id), state: 'queued', checkAt: { lte: now } },
      data: { checkAt: new Date(now.getTime() + leaseMs) },
    });
    const row = rows[0];
    if (!row) return null;
    return {
      deal: toDeal(row),
      piece: toPiece(await this.database.piece.findUniqueOrThrow({ where: { carId: row.carId } })),
    };
  }

  /** The worker that claimed it is still at it. */
  async extendQueued(id: DealId, leaseMs: number): Promise<void> {
    await this.askAgain(id, new Date(this.clock.now().getTime() + leaseMs));
  }

  /** The last thing before a proposal goes out: from here on a restart has to ask the node whether it went. */
  async markSending(id: DealId, startEpoch: Epoch, endEpoch: Epoch): Promise<void> {
    await this.database.deal.updateMany({
      where: { id: BigInt(id), state: 'queued' },
      data: { proposingSince: this.clock.now(), startEpoch, endEpoch },
    });
  }

  /** It is known that no proposal went out. */
  async notSent(id: DealId, againAt: Date): Promise<void> {
    await this.database.deal.updateMany({
      where: { id: BigInt(id), state: 'queued' },
      data: { proposingSince: null, checkAt: againAt },
    });
  }

  /** Nobody knows whether it went out: `proposingSince` stays. */
  async askAgain(id: DealId, againAt: Date): Promise<void> {
    await this.database.deal.updateMany({ where: { id: BigInt(id), state: 'queued' }, data: { checkAt: againAt } });
  }

  /** queued -> proposed with the proposal's CID; null when the row is not queued any more. */
  async markProposed(deal: Deal, proposalCid: string, note: TransitionNote): Promise<Deal | null> {
    return this.transitions.advance(deal, 'proposed', { proposalCid }, note);
  }

  /** Those of the proposals that no row knows. */
  async unknownProposals(proposalCids: readonly string[]): Promise<Set<string>> {
    const known = await this.database.deal.findMany({
      where: { proposalCid: { in: [...proposalCids] } },
      select: { proposalCid: true },
    });
    const taken = new Set(known.map(({ proposalCid }) => proposalCid));
    return new Set(proposalCids.filter((cid) => !taken.has(cid)));
  }

  private async insert(tx: Tx, piece: CommittedPiece, assignment: Assignment): Promise<Deal> {
    const now = this.clock.now();
    return toDeal(
      await tx.deal.create({
        data: {
          carId: piece.carId,
          miner: assignment.miner,
          slot: assignment.slot,
          verified: piece.verified,
          duration: piece.duration,
          price: assignment.price.toString(),
          totalCost: assignment.totalCost.toString(),
          renews: assignment.renews === null ? null : BigInt(assignment.renews),
          checkAt: now,
          createdAt: now,
          updatedAt: now,
        },
      }),
    );
  }

  /** What is left after the promises of all pieces. One reservation at a time looks at it, or two would spend the same. */
  private async unpromised(tx: Tx, verified: boolean, funds: Funds): Promise<Budget> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('deals.funds'))`;
    if (verified) {
      const [row] = await tx.$queryRaw<{ bytes: string }[]>`
        SELECT coalesce(sum(p.piece_size), 0)::text AS bytes FROM deals d JOIN pieces p USING (car_id) WHERE d.live AND d.verified AND d.state = ANY(${PROMISED})`;
      return new Budget(funds.available, (funds.dataCap ?? 0n) - BigInt(row?.bytes ?? 0));
    }
    const { _sum } = await tx.deal.aggregate({
      where: { live: true, verified: false, state: { in: PROMISED } },
      _sum: { totalCost: true },
    });
    return new Budget(funds.available - BigInt(_sum.totalCost?.toFixed(0) ?? 0), 0n);
  }
}

class Budget {
  constructor(
    private balance: AttoFil,
    private dataCap: bigint,
  ) {}

  spend(piece: CommittedPiece, { totalCost }: Assignment): Reservation['short'] {
    if (piece.verified) {
      if (this.dataCap < piece.pieceSize) return 'datacap';
      this.dataCap -= piece.pieceSize;
    }
    if (this.balance < totalCost) return 'balance';
    this.balance -= totalCost;
    return null;
  }
}
