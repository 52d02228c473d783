import { Injectable } from '@nestjs/common';
import { type CarId, Clock, messageOf } from '../../shared/index.js';
import { CarFiles } from '../../storage/index.js';
import { type CommittedPiece, type Deal, isCommitted } from '../domain/deal.js';
import { sealedDealStates } from '../domain/deal-state.js';
import { planSlots } from '../domain/replication-policy.js';
import { PieceSource } from '../ports/piece.port.js';
import { PostgresDealStore } from '../store/postgres-deal.store.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';
import { AssignMiners } from './assign-miners.js';
import { LEASE_MS, whileExtending } from './lease.js';
import { diskFaultOf, NodeFaults } from './node-faults.js';
import { ProposeDeal } from './propose-deal.js';

/** Refusals within one run: each is followed at once by another miner, until this many rounds. */
const MAX_ROUNDS = 12;
const UNCLEAR_PAUSE_MS = 5_000;
const SWITCHED_OFF_PAUSE_MS = 60_000;
const AUDIT_PAUSE_MS = 3_600_000;
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Sees to it that the CAR of a piece is on this node: a repair of an offloaded piece first fetches it from a miner that
 * holds it.
 */
@Injectable()
export class EnsurePieceLocal {
  constructor(
    private readonly files: CarFiles,
    private readonly source: PieceSource,
    private readonly faults: NodeFaults,
  ) {}

  /** What keeps our disk from taking it is shown. @throws what `PieceSource.retrieve` throws */
  async run(piece: CommittedPiece, live: readonly Deal[], signal: AbortSignal): Promise<void> {
    if ((await this.files.sizeOf(piece.carId)) !== piece.carBytes) {
      const rank = (deal: Deal) => (sealedDealStates.includes(deal.state) ? 0 : 1);
      const holders = live
        .filter((deal) => deal.state === 'published' || rank(deal) === 0)
        .sort((a, b) => rank(a) - rank(b))
        .flatMap(({ miner, proposalCid, chainDealId }) =>
          proposalCid === null ? [] : [{ miner, proposalCid, chainDealId }],
        );
      const { carId, pieceCid, pieceSize, carBytes, root } = piece;
      try {
        await this.source.retrieve({ carId, pieceCid, pieceSize, carBytes, root, holders }, signal);
      } catch (error) {
        const fault = signal.aborted ? null : diskFaultOf(error);
        if (fault !== null) await this.faults.report(fault, 'retrieve', `piece ${pieceCid}: ${messageOf(error)}`);
        throw error;
      }
      await this.faults.succeeded('retrieve', ['disk-full', 'disk-failing', 'file-unreadable']);
    }
  }
}

interface Pause {
  ms: number;
  /** What people read while the piece waits. */
  why: string | null;
}

/**
 * Gives every slot of a piece a deal with a miner of its own. Safe to run at any time, by any number of workers, as
 * often as one likes: what is missing is read from the rows each time, and rows are reserved under the piece's lock.
 */
@Injectable()
export class ReplicatePiece {
  constructor(
    private readonly pieces: PostgresPieceStore,
    private readonly deals: PostgresDealStore,
    private readonly assignMiners: AssignMiners,
    private readonly ensurePieceLocal: EnsurePieceLocal,
    private readonly proposeDeal: ProposeDeal,
    private readonly clock: Clock,
  ) {}

  /**
   * Nothing when the piece is not due, has no commP, or is another worker's. What goes wrong is kept for people to
   * read.
   */
  async run(carId: CarId, signal: AbortSignal): Promise<void> {
    const claim = await this.pieces.claimToReplicate(carId, LEASE_MS);
    if (!claim) return;
    const { piece, lease } = claim;
    if (!isCommitted(piece)) return;
    const pause = await whileExtending(
      () => this.pieces.extend(lease, LEASE_MS),
      () => this.fill(piece, signal),
    ).catch((error: unknown): Pause => ({ ms: signal.aborted ? 0 : SHORTEST_WAIT_MS * 2, why: messageOf(error) }));
    await this.pieces.release(claim, new Date(this.clock.now().getTime() + pause.ms), pause.why);
  }

  /**
   * Rounds of finding miners and proposing, until nothing lacks or nothing more can be done now. Answers when to come
   * back, and why.
   */
  private async fill(piece: CommittedPiece, signal: AbortSignal): Promise<Pause> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      signal.throwIfAborted();
      const all = await this.deals.ofPiece(piece.carId);
      const live = all.filter((deal) => deal.live);
      const plan = planSlots(piece.replication, live);
      for (const id of plan.promote) await this.deals.promote(piece.carId, id);
      const unsent = live.filter(({ state }) => state === 'queued');
      if (plan.open.length + unsent.length === 0) return { ms: AUDIT_PAUSE_MS, why: null };

      await this.ensurePieceLocal.run(piece, live, signal);
      const assigned = await this.assignMiners.run(piece, live, plan.open, signal);
      if (assigned.off) return { ms: this.untilThen(assigned.until), why: assigned.lack };
      const waiting = this.waiting(piece, all, assigned.lack);
      if (unsent.length + assigned.deals.length === 0) return waiting;

      const outcomes = await Promise.all(
        [...unsent, ...assigned.deals].map(({ id }) => this.proposeDeal.run(id, signal)),
      );
      const faulty = outcomes.find((outcome) => typeof outcome === 'object');
      if (faulty) return { ms: this.untilThen(faulty.until), why: faulty.why };
      if (outcomes.includes('lost')) continue;
      if (outcomes.includes('unclear') || outcomes.includes('elsewhere'))
        return { ms: UNCLEAR_PAUSE_MS, why: assigned.lack };
      if (assigned.lack !== null) return waiting;
    }
    return { ms: SHORTEST_WAIT_MS, why: 'many miners in a row said no' };
  }

  private untilThen(until: Date | null | undefined): number {
    if (!until) return SWITCHED_OFF_PAUSE_MS;
    return Math.max(SHORTEST_WAIT_MS, until.getTime() - this.clock.now().getTime());
  }

  /** The longer nothing has changed, the rarer we ask. */
  private waiting(piece: CommittedPiece, deals: readonly Deal[], why: string | null): Pause {
    const since = Math.max(piece.committedAt?.getTime() ?? 0, ...deals.map(({ createdAt }) => createdAt.getTime()));
    const ms = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, (this.clock.now().getTime() - since) / 4));
    return { ms, why: why ?? 'another worker is at it' };
  }
}
