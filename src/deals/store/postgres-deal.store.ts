import { Injectable } from '@nestjs/common';
import { type Lease, Leases } from '../../platform/leases/index.js';
import { Database, execute, query, type Tx } from '../../platform/prisma/index.js';
import {
  type AttoFil,
  type CarId,
  Clock,
  type DealId,
  dealId,
  type Epoch,
  type MinerId,
  minerId,
} from '../../shared/index.js';
import { Budget, type DayBudget, type Funds, type Shortage } from '../domain/budget.js';
import type { CommittedPiece, Deal, Doubt, Piece } from '../domain/deal.js';
import { promisedDealStates } from '../domain/deal-state.js';
import type { FailureReason } from '../domain/failure.js';
import { type OpenSlot, type PastFailure, planSlots } from '../domain/replication-policy.js';
import { DealTransitions, type TransitionNote } from './deal-transitions.js';
import { DealReservations } from './deal-reservations.store.js';
import {
  IN_TRANSFER,
  LATENESS,
  RELEASE_DEALS,
  SEALED,
  SEALED_COLUMNS,
  type SealedRow,
  UNWANTED_DEALS,
} from './deals.sql.js';
import { lockPiece } from './postgres-piece.store.js';
import { type SealedDeal, sealedDealOf, toDeal, toPiece } from './rows.js';

export interface Assignment extends OpenSlot {
  miner: MinerId;
  price: AttoFil;
  totalCost: AttoFil;
}

export interface Reservation {
  deals: Deal[];
  /** What ran out, when not every assignment could be reserved. */
  short: Shortage | null;
}

/** Caps on what deals may take within 24 hours; null: none. */
export type DayCaps = Record<DayBudget['whose'], DayBudget['cap']>;

/** A deal that its holder works on alone. */
export interface DealLease {
  deal: Deal;
  piece: Piece;
  lease: Lease;
}

export interface DueDeal extends DealLease {
  /** How long nobody has looked beyond the time that was set. */
  lateMs: number;
  /** Deals of this piece that were given up because nothing moved. */
  stalledBefore: number;
}

const STALL_REASONS: readonly FailureReason[] = ['transfer-stalled', 'publish-failed', 'miner-silent'];

/** A reservation waits for others, and for the node's answer about the wallet, at most this long. */
const RESERVE_TIMEOUT_MS = 60_000;

/**
 * The table `deals`, except for transitions (see DealTransitions). A worker claims a deal before it works on it
 * (platform/leases): a queued one to send it to its miner, any other live one to look how it stands.
 */
@Injectable()
export class PostgresDealStore {
  private readonly toSend: Leases;
  private readonly toTrack: Leases;
  private readonly toAudit: Leases<SealedRow>;

  constructor(
    private readonly database: Database,
    private readonly transitions: DealTransitions,
    private readonly reservations: DealReservations,
    private readonly clock: Clock,
  ) {
    const table = { table: 'deals', key: 'id', keyType: 'bigint' } as const;
    this.toSend = new Leases({ ...table, condition: "state = 'queued'" }, clock);
    this.toTrack = new Leases({ ...table, condition: IN_TRANSFER }, clock);
    this.toAudit = new Leases<SealedRow>({ ...table, condition: SEALED, returning: SEALED_COLUMNS }, clock);
  }

  /** Null: no such deal. */
  async find(id: DealId): Promise<Deal | null> {
    const row = await this.database.deal.findUnique({ where: { id: BigInt(id) } });
    return row ? toDeal(row) : null;
  }

  /** All of a piece, dead ones too, oldest first. */
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
      where: { live: true, state: { in: [...promisedDealStates, 'published'] } },
      _count: true,
    });
    return new Map(rows.map((row) => [minerId(row.miner), row._count]));
  }

  /**
   * One row per assignment that still has a free slot, a miner without a live deal, and money: under the lock of all
   * reservations and the piece's row lock, so that any number of workers together never fill a slot or spend an
   * attoFIL twice. `readFunds` is asked inside that lock. The unique indexes over live deals stand behind it.
   * @throws what readFunds throws, and then nothing is reserved
   */
  async reserve(
    piece: CommittedPiece,
    assignments: readonly Assignment[],
    readFunds: () => Promise<Funds>,
    caps: DayCaps,
  ): Promise<Reservation> {
    const reserve = async (tx: Tx): Promise<Reservation> => {
      await this.reservations.lock(tx);
      const budget = await this.budget(tx, piece, await readFunds(), caps);
      const locked = await lockPiece(tx, piece.carId);
      if (!locked || locked.state === 'retired') return { deals: [], short: null };
      const live = (await tx.deal.findMany({ where: { carId: piece.carId, live: true } })).map(toDeal);
      const open = new Set(planSlots(piece.replication, live).open.map(placeOf));
      const taken = new Set(live.map(({ miner }) => miner));
      const reservation: Reservation = { deals: [], short: null };
      for (const assignment of assignments) {
        if (!open.has(placeOf(assignment)) || taken.has(assignment.miner)) continue;
        reservation.short = budget.spend({ ...piece, totalCost: assignment.totalCost });
        if (reservation.short !== null) break;
        reservation.deals.push(await this.insert(tx, piece, assignment));
        open.delete(placeOf(assignment));
        taken.add(assignment.miner);
      }
      if (reservation.deals.length > 0)
        await tx.piece.updateMany({
          where: { carId: piece.carId, state: 'committed' },
          data: { state: 'replicating' },
        });
      return reservation;
    };
    return this.database.transaction(reserve, { timeout: RESERVE_TIMEOUT_MS });
  }

  /** The deal becomes the current one of its slot, unless there is one. */
  async promote(carId: CarId, id: DealId): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lockPiece(tx, carId);
      const mine = { id: BigInt(id), live: true };
      const deal = await tx.deal.findFirst({ where: mine });
      const current =
        deal && (await tx.deal.findFirst({ where: { carId, slot: deal.slot, live: true, role: 'current' } }));
      if (!current) await tx.deal.updateMany({ where: mine, data: { role: 'current' } });
    });
  }

  /** Claims due deals on their way to a sector, with their pieces. Workers skip each other's. */
  async claimDue(limit: number, leaseMs: number): Promise<DueDeal[]> {
    const now = this.clock.now();
    const leases = new Map(
      (await this.toTrack.claimDue(this.database, limit, leaseMs)).map((lease) => [BigInt(lease.key), lease]),
    );
    return this.withPieces(leases, now);
  }

  /** Claims due deals that are sealed, as far as the chain is compared with them: one statement for many. */
  async claimSealed(limit: number, leaseMs: number): Promise<SealedDeal[]> {
    return (await this.toAudit.claimDue(this.database.asyncCommit, limit, leaseMs)).map(sealedDealOf);
  }

  /** Those deals in full. One that is gone is left out. */
  async loaded(leases: readonly Lease[]): Promise<DueDeal[]> {
    return this.withPieces(new Map(leases.map((lease) => [BigInt(lease.key), lease])), this.clock.now());
  }

  /** Ends leases of one claim; all are due again then. Those that are lost stay as they are. */
  async releaseMany(leases: readonly Lease[], againAt: Date): Promise<void> {
    const [first] = leases;
    if (!first) return;
    const keys = leases.map(({ key }) => key);
    const numbers = leases.map(({ number }) => number);
    await execute(this.database.asyncCommit, RELEASE_DEALS, [keys, numbers, first.until, againAt]);
  }

  /** How long the deal that has waited longest for a look has been due, in seconds: on its way, and sealed. */
  async lateness(): Promise<{ transfers: number; sealed: number }> {
    const [row] = await query(this.database, LATENESS, [this.clock.now()]);
    return { transfers: row?.transfers ?? 0, sealed: row?.sealed ?? 0 };
  }

  /** What is suspected of the deal; null: nothing any more. No effect when the lease is lost. */
  async suspect(lease: Lease, doubt: Doubt | null): Promise<void> {
    await this.database.deal.updateMany({
      where: held(lease),
      data: { doubt: doubt?.of ?? null, doubtCount: doubt?.count ?? 0, doubtEpoch: doubt?.since ?? null },
    });
  }

  /** Errors in a row that say nothing about the deal; 0: it was looked at. Answers how many. */
  async attempted(lease: Lease, attempts: number): Promise<void> {
    await this.database.deal.updateMany({ where: held(lease), data: { attempts } });
  }

  /** Deals that were never sent and whose piece nobody wants any more: their reservations are to be given back. */
  async unwanted(limit: number): Promise<DealId[]> {
    return (await query(this.database, UNWANTED_DEALS, [limit])).map(({ id }) => dealId(id));
  }

  /** Claims a due, unsent deal; null when somebody else has it. */
  async claimQueued(id: DealId, leaseMs: number): Promise<DealLease | null> {
    const lease = await this.toSend.claim(this.database, id, leaseMs);
    if (!lease) return null;
    const { piece, ...deal } = await this.database.deal.findUniqueOrThrow({
      where: { id: BigInt(id) },
      include: { piece: true },
    });
    return { deal: toDeal(deal), piece: toPiece(piece), lease };
  }

  /** Still at them, for so long from now. */
  async extend(leases: readonly Lease[], leaseMs: number): Promise<void> {
    await this.toTrack.extend(this.database, leases, leaseMs);
  }

  /** Ends a lease; the deal is due again then (null: never). No effect when the lease is lost. */
  async release(lease: Lease, againAt: Date | null): Promise<void> {
    await this.toTrack.release(this.database, lease, againAt);
  }

  /** Nothing changed but perhaps bytes. `restartsTimeout`: we were not looking, so the miner's time begins anew. */
  async looked({ deal, lease }: DealLease, bytesSent: number | null, restartsTimeout = false): Promise<void> {
    const progress = bytesSent !== null && bytesSent > deal.bytesSent ? { bytesSent: BigInt(bytesSent) } : null;
    if (progress === null && !restartsTimeout) return;
    await this.database.deal.updateMany({
      where: { ...held(lease), state: deal.state },
      data: { ...progress, updatedAt: this.clock.now() },
    });
  }

  /**
   * The last thing before a proposal goes out: from here on a restart has to ask the node whether it went.
   * False: somebody else has the deal, and nothing may go out.
   */
  async markSending(lease: Lease, startEpoch: Epoch, endEpoch: Epoch): Promise<boolean> {
    const { count } = await this.database.deal.updateMany({
      where: { ...held(lease), state: 'queued' },
      data: { proposingSince: this.clock.now(), startEpoch, endEpoch },
    });
    return count === 1;
  }

  /** It is known that no proposal went out; the deal is due again then. */
  async notSent(lease: Lease, againAt: Date): Promise<void> {
    await this.database.deal.updateMany({
      where: { ...held(lease), state: 'queued' },
      data: { proposingSince: null },
    });
    await this.release(lease, againAt);
  }

  /**
   * queued -> proposed with the proposal's CID, and due at once; null when the row is not queued any more. The proposal
   * is out, so this needs no lease: of two workers the one that comes first is right.
   */
  async markProposed({ deal, lease }: DealLease, proposalCid: string, note: TransitionNote): Promise<Deal | null> {
    const proposed = await this.transitions.advance(deal, 'proposed', { proposalCid }, note);
    await this.release(lease, this.clock.now());
    return proposed;
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

  private async withPieces(leases: ReadonlyMap<bigint, Lease>, now: Date): Promise<DueDeal[]> {
    const rows = await this.database.deal.findMany({
      where: { id: { in: [...leases.keys()] } },
      orderBy: { id: 'asc' },
      include: {
        piece: { include: { _count: { select: { deals: { where: { failureReason: { in: [...STALL_REASONS] } } } } } } },
      },
    });
    return rows.flatMap(({ piece: { _count, ...piece }, ...deal }) => {
      const lease = leases.get(deal.id);
      if (!lease) return [];
      const dueSince = 'dueSince' in lease ? (lease.dueSince as Date) : now;
      const lateMs = now.getTime() - dueSince.getTime();
      return [{ deal: toDeal(deal), piece: toPiece(piece), lease, lateMs, stalledBefore: _count.deals }];
    });
  }

  private async insert(tx: Tx, piece: CommittedPiece, assignment: Assignment): Promise<Deal> {
    const now = this.clock.now();
    const row = await tx.deal.create({
      data: {
        carId: piece.carId,
        miner: assignment.miner,
        slot: assignment.slot,
        role: assignment.role,
        verified: piece.verified,
        duration: piece.duration,
        price: assignment.price.toString(),
        totalCost: assignment.totalCost.toString(),
        renews: assignment.renews === null ? null : BigInt(assignment.renews),
        nextCheckAt: now,
        createdAt: now,
        updatedAt: now,
      },
    });
    const dataCap = piece.verified ? piece.pieceSize : 0n;
    await this.reservations.add(tx, row.id, piece.userId, assignment.totalCost, dataCap);
    return toDeal(row);
  }

  /** What is left after the promises of all pieces, and of the day. */
  private async budget(tx: Tx, { userId }: CommittedPiece, funds: Funds, caps: DayCaps): Promise<Budget> {
    const days: DayBudget[] = [];
    const capped = ({ cost, dataCap }: DayBudget['cap']) => cost !== null || dataCap !== null;
    if (userId !== null && capped(caps.account))
      days.push({ whose: 'account', cap: caps.account, used: await this.reservations.usedToday(tx, userId) });
    if (capped(caps.platform))
      days.push({ whose: 'platform', cap: caps.platform, used: await this.reservations.usedToday(tx, null) });
    return new Budget(funds, await this.reservations.open(tx), days);
  }
}

function placeOf({ slot, role }: Pick<OpenSlot, 'slot' | 'role'>): string {
  return `${role} ${slot}`;
}

/** The row, as long as nobody else has claimed it: `leaseSql.isHeld` in Prisma's words. */
function held({ key, number }: Lease) {
  return { id: BigInt(key), leaseNumber: number, leaseUntil: { not: null } };
}
