import { Injectable } from '@nestjs/common';
import { type Lease, Leases } from '../../platform/leases/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, type Tx } from '../../platform/prisma/index.js';
import { Clock, type Epoch } from '../../shared/index.js';
import type { Deal, DealFacts, Piece } from '../domain/deal.js';
import {
  type DealState,
  isLive,
  type FailureState,
  canTransition,
  promisedDealStates,
  sealedDealStates,
  stepsBetween,
} from '../domain/deal-state.js';
import { IllegalTransition } from '../domain/deals.errors.js';
import { dealMoved, pieceReplicated } from '../domain/deals.events.js';
import type { DealFailure } from '../domain/failure.js';
import { DealReservations } from './deal-reservations.store.js';
import { lockPiece } from './postgres-piece.store.js';
import { factColumns, toDeal } from './rows.js';

export interface TransitionNote {
  cause: string;
  /** Of the chain where the chain knows it, else the head. */
  epoch: Epoch | null;
  /** Of the deal: when it is given, the transition is refused with LeaseLost once somebody else works on the deal. */
  lease?: Lease;
}

interface Step {
  from: DealState;
  to: DealState;
  /** Columns. */
  change: object;
  note: TransitionNote;
  failure: DealFailure | null;
  /** What the deal is about. */
  piece: Piece;
}

/**
 * Every change of a deal's state: `update ... where state = from`, its line in the timeline and its event, together or
 * not at all.
 */
@Injectable()
export class DealTransitions {
  private readonly leases: Leases;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly reservations: DealReservations,
    private readonly clock: Clock,
  ) {
    this.leases = new Leases({ table: 'deals', key: 'id', keyType: 'bigint' }, clock);
  }

  /**
   * Walks a deal forward through every state up to `to`, with what became known. Null when somebody else moved it
   * first.
   * @throws IllegalTransition when `to` does not lie ahead, LeaseLost
   */
  async advance(deal: Deal, to: DealState, facts: DealFacts, note: TransitionNote): Promise<Deal | null> {
    const steps = stepsBetween(deal.state, to);
    if (steps.length === 0) throw new IllegalTransition(`a deal cannot go from ${deal.state} to ${to}`);
    return this.transition(deal, note, async (tx, piece) => {
      let from: DealState = deal.state;
      for (const step of steps) {
        const change = factColumns(step === steps[0] ? facts : {});
        if (!(await this.step(tx, deal, { from, to: step, change, note, failure: null, piece }))) return false;
        from = step;
      }
      if (to === 'active') await this.takeOver(tx, deal);
      if (to === 'expiring')
        await tx.piece.update({ where: { carId: deal.carId }, data: { nextCheckAt: this.clock.now() } });
      if (to === 'ended') await this.reopen(tx, piece);
      if (sealedDealStates.includes(to)) await this.completeIfReplicated(tx, piece);
      return true;
    });
  }

  /**
   * A deal did not work out: its slot is free and its piece wants another at once. Null as above.
   * @throws IllegalTransition, LeaseLost
   */
  async fail(
    deal: Deal,
    to: FailureState,
    failure: DealFailure,
    facts: DealFacts,
    note: TransitionNote,
  ): Promise<Deal | null> {
    return this.transition(deal, note, async (tx, piece) => {
      const change = {
        ...factColumns(facts),
        failurePhase: failure.phase,
        failureReason: failure.reason,
        failureMessage: failure.message.slice(0, 2000),
      };
      if (!(await this.step(tx, deal, { from: deal.state, to, change, note, failure, piece }))) return false;
      await this.reopen(tx, piece);
      return true;
    });
  }

  private async transition(
    deal: Deal,
    { lease }: TransitionNote,
    body: (tx: Tx, piece: Piece) => Promise<boolean>,
  ): Promise<Deal | null> {
    return this.database.transaction(async (tx) => {
      const piece = await lockPiece(tx, deal.carId);
      if (lease) await this.leases.assertHeld(tx, lease);
      if (!piece || !(await body(tx, piece))) return null;
      return toDeal(await tx.deal.findUniqueOrThrow({ where: { id: BigInt(deal.id) } }));
    });
  }

  private async step(tx: Tx, deal: Deal, { from, to, change, note, failure, piece }: Step): Promise<boolean> {
    if (!canTransition(from, to)) throw new IllegalTransition(`a deal cannot go from ${from} to ${to}`);
    const id = BigInt(deal.id);
    const now = this.clock.now();
    const { count } = await tx.deal.updateMany({
      where: { id, state: from },
      data: { ...change, state: to, live: isLive(to), updatedAt: now },
    });
    if (count === 0) return false;
    if (promisedDealStates.includes(from) && !promisedDealStates.includes(to))
      await this.reservations.settle(tx, id, isLive(to) ? 'spent' : 'released');
    const before = await tx.dealTransition.findFirst({
      where: { dealId: id },
      orderBy: { id: 'desc' },
      select: { at: true },
    });
    await tx.dealTransition.create({ data: { dealId: id, from, to, epoch: note.epoch, cause: note.cause, at: now } });
    await this.outbox.add(tx, dealMoved, {
      dealId: deal.id,
      carId: deal.carId,
      miner: deal.miner,
      from,
      to,
      cause: note.cause,
      phase: failure?.phase ?? null,
      reason: failure?.reason ?? null,
      epoch: note.epoch,
      ms: now.getTime() - (before?.at ?? deal.createdAt).getTime(),
      bytes: await this.bytesOf(tx, id),
      userId: piece.userId,
      carBytes: piece.carBytes,
      cost: deal.totalCost.toString(),
    });
    return true;
  }

  private async bytesOf(tx: Tx, id: bigint): Promise<number> {
    const row = await tx.deal.findUniqueOrThrow({ where: { id }, select: { bytesSent: true } });
    return Number(row.bytesSent);
  }

  /** A renewal that is active is the current deal of its slot; the one that it renews is kept to its end. */
  private async takeOver(tx: Tx, { id, carId, slot }: Deal): Promise<void> {
    const mine = { id: BigInt(id) };
    const { role } = await tx.deal.findUniqueOrThrow({ where: mine, select: { role: true } });
    if (role !== 'renewal') return;
    await tx.deal.updateMany({ where: { carId, slot, live: true, role: 'current' }, data: { role: 'outgoing' } });
    await tx.deal.update({ where: mine, data: { role: 'current' } });
  }

  private async reopen(tx: Tx, piece: Piece): Promise<void> {
    if (piece.state === 'retired') return;
    const state =
      piece.state === 'replicated' && (await sealedSlots(tx, piece)) < piece.replication ? 'replicating' : piece.state;
    await tx.piece.update({ where: { carId: piece.carId }, data: { state, nextCheckAt: this.clock.now() } });
  }

  private async completeIfReplicated(tx: Tx, piece: Piece): Promise<void> {
    if (piece.state !== 'replicating') return;
    const deals = await sealedSlots(tx, piece);
    if (deals < piece.replication) return;
    await tx.piece.update({
      where: { carId: piece.carId },
      data: { state: 'replicated', replicatedAt: this.clock.now(), lastError: null },
    });
    await this.outbox.add(tx, pieceReplicated, { carId: piece.carId, deals });
  }
}

/** Slots whose deal is proven; a renewal beside its predecessor does not count twice. */
async function sealedSlots(tx: Tx, piece: Piece): Promise<number> {
  return tx.deal.count({
    where: {
      carId: piece.carId,
      state: { in: [...sealedDealStates] },
      role: 'current',
      slot: { lt: piece.replication },
    },
  });
}
