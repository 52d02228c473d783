import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, type Tx } from '../../platform/prisma/index.js';
import { Clock, type Epoch } from '../../shared/index.js';
import type { Deal, DealFacts, Piece } from '../domain/deal.js';
import {
  type DealState,
  isLive,
  type FailureState,
  canTransition,
  sealedDealStates,
  stepsBetween,
} from '../domain/deal-state.js';
import { IllegalTransition } from '../domain/deals.errors.js';
import { dealMoved, pieceReplicated } from '../domain/deals.events.js';
import type { DealFailure } from '../domain/failure.js';
import { RENEWAL_OFFSET } from '../domain/replication-policy.js';
import { lockPiece } from './postgres-piece.store.js';
import { factColumns, toDeal } from './rows.js';

export interface TransitionNote {
  cause: string;
  /** Of the chain where the chain knows it, else the head. */
  epoch: Epoch | null;
  /** When to look at the deal again. */
  checkAt: Date;
}

interface Step {
  from: DealState;
  to: DealState;
  /** Columns. */
  change: object;
  note: TransitionNote;
  failure: DealFailure | null;
}

/** Every change of a deal's state: `update ... where state = from`, its line in the timeline and its event, together or not at all. */
@Injectable()
export class DealTransitions {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Walks a deal forward through every state up to `to`. Null when somebody else moved it first. */
  async advance(deal: Deal, to: DealState, facts: DealFacts, note: TransitionNote): Promise<Deal | null> {
    const steps = stepsBetween(deal.state, to);
    if (steps.length === 0) throw new IllegalTransition(`a deal cannot go from ${deal.state} to ${to}`);
    return this.transition(deal, async (tx, piece) => {
      let from: DealState = deal.state;
      for (const step of steps) {
        const change = { ...factColumns(step === steps[0] ? facts : {}), checkAt: note.checkAt };
        if (!(await this.step(tx, deal, { from, to: step, change, note, failure: null }))) return false;
        from = step;
      }
      if (to === 'active') await this.takeOver(tx, deal);
      if (to === 'expiring')
        await tx.piece.update({ where: { carId: deal.carId }, data: { checkAt: this.clock.now() } });
      if (to === 'ended') await this.reopen(tx, piece);
      if (sealedDealStates.includes(to)) await this.completeIfReplicated(tx, piece);
      return true;
    });
  }

  /** A deal is lost: its slot is free and its piece wants another at once. */
  async fail(
    deal: Deal,
    to: FailureState,
    failure: DealFailure,
    facts: DealFacts,
    note: TransitionNote,
  ): Promise<Deal | null> {
    return this.transition(deal, async (tx, piece) => {
      const change = {
        ...factColumns(facts),
        failurePhase: failure.phase,
        failureReason: failure.reason,
        failureMessage: failure.message.slice(0, 2000),
      };
      if (!(await this.step(tx, deal, { from: deal.state, to, change, note, failure }))) return false;
      await this.reopen(tx, piece);
      return true;
    });
  }

  private async transition(deal: Deal, body: (tx: Tx, piece: Piece) => Promise<boolean>): Promise<Deal | null> {
    return this.database.transaction(async (tx) => {
      const piece = await lockPiece(tx, deal.carId);
      if (!piece || !(await body(tx, piece))) return null;
      return toDeal(await tx.deal.findUniqueOrThrow({ where: { id: BigInt(deal.id) } }));
    });
  }

  private async step(tx: Tx, deal: Deal, { from, to, change, note, failure }: Step): Promise<boolean> {
    if (!canTransition(from, to)) throw new IllegalTransition(`a deal cannot go from ${from} to ${to}`);
    const id = BigInt(deal.id);
    const now = this.clock.now();
    const { count } = await tx.deal.updateMany({
      where: { id, state: from },
      data: { ...change, state: to, live: isLive(to), updatedAt: now },
    });
    if (count === 0) return false;
    const before = await tx.dealMove.findFirst({
      where: { dealId: id },
      orderBy: { id: 'desc' },
      select: { at: true },
    });
    await tx.dealMove.create({ data: { dealId: id, from, to, epoch: note.epoch, cause: note.cause, at: now } });
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
    });
    return true;
  }

  private async bytesOf(tx: Tx, id: bigint): Promise<number> {
    const row = await tx.deal.findUniqueOrThrow({ where: { id }, select: { bytesSent: true } });
    return Number(row.bytesSent);
  }

  /** A renewal that is active takes the slot of the deal it renews, which keeps the renewal's until it ends. */
  private async takeOver(tx: Tx, deal: Deal): Promise<void> {
    if (deal.slot < RENEWAL_OFFSET) return;
    const slot = deal.slot - RENEWAL_OFFSET;
    const old = await tx.deal.findFirst({ where: { carId: deal.carId, slot, live: true } });
    if (old) await tx.deal.update({ where: { id: old.id }, data: { slot: slot + 2 * RENEWAL_OFFSET } });
    await tx.deal.update({ where: { id: BigInt(deal.id) }, data: { slot } });
    if (old) await tx.deal.update({ where: { id: old.id }, data: { slot: deal.slot } });
  }

  private async reopen(tx: Tx, piece: Piece): Promise<void> {
    if (piece.state === 'retired') return;
    const state =
      piece.state === 'replicated' && (await sealedSlots(tx, piece)) < piece.replication ? 'replicating' : piece.state;
    await tx.piece.update({ where: { carId: piece.carId }, data: { state, checkAt: this.clock.now() } });
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
    where: { carId: piece.carId, state: { in: [...sealedDealStates] }, slot: { lt: piece.replication } },
  });
}
