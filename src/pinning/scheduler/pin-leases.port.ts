import type { Tx } from '../../platform/prisma/index.js';
import type { ContentId, UserId } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../pin.js';

/** Accounts whose share of the queue is not 1. */
export type Weights = ReadonlyMap<UserId, number>;

/** A sign of life of a claim. */
export interface PinHeartbeat {
  claim: PinClaim;
  progress: PinProgress;
  /** For how long its first block has been looked for, this claim and those before it. */
  lookedMs: number;
}

/** An account with pins that workers have leased, or that are due and wait for one. */
export interface AccountShare {
  userId: UserId;
  running: number;
  /** Counted up to what was asked for. */
  due: number;
}

/**
 * Who works on which pin. A claim is a lease in the pin's own row, so that a crash always gives it back; the lease's
 * number fences: with an older one, or once the pin is removed, nothing can be written. Each change of status announces
 * `pin.changed`.
 *
 * Whoever keeps the rows keeps the time: callers say for how long, never until when, so that a worker whose clock is
 * wrong takes no lease early and loses none.
 */
export abstract class PinLeases {
  /**
   * The next pin in fairness: of the account that has the fewest running for its weight, of two such the one that was
   * served longer ago, the pin that has been due longest, leased for `leaseMs`. Null when none is due.
   */
  abstract claimNext(leaseMs: number, weights: Weights): Promise<PinClaim | null>;
  /**
   * Extends the leases to `leaseMs` from now and writes the progress down, in one statement. Answers with the claims that are lost: stop
   * those. A lease that ran out counts until somebody else claims the pin.
   */
  abstract extend(beats: readonly PinHeartbeat[], leaseMs: number): Promise<PinClaim[]>;
  /** Inside the transaction that stores the content. @throws PinLeaseLost when the claim is lost. */
  abstract pinned(tx: Tx, claim: PinClaim, contentId: ContentId, progress: PinProgress | null): Promise<void>;
  /**
   * Back to the queue, no failure: the worker goes down (null: it keeps its place), or the pin is preempted for so long.
   * Nothing happens when the lease is lost.
   */
  abstract release(claim: PinClaim, afterMs: number | null, lookedMs: number): Promise<void>;
  /**
   * Back to the queue with a failure more and its reason, to be tried again from the beginning after so long. Nothing
   * happens when the lease is lost.
   */
  abstract retry(claim: PinClaim, afterMs: number, reason: string): Promise<void>;
  /** For good. Nothing happens when the lease is lost. */
  abstract fail(claim: PinClaim, reason: string): Promise<void>;
  /**
   * Pins whose worker vanished are queued again, in their old places; those that took too many workers with them fail.
   * Answers with how many.
   */
  abstract reclaim(mostCutOffs: number): Promise<number>;
  /** Every account that has pins running or due. As long as the accounts are many, not the pins. */
  abstract shares(mostDue: number): Promise<AccountShare[]>;
  /** Age of the oldest pin that is queued; 0 when none is. */
  abstract oldestSeconds(): Promise<number>;
}
