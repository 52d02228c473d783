import type { Tx } from '../../platform/prisma/index.js';
import type { ContentId, PinRequestId } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../domain/pin.js';

export interface WaitingPin {
  requestId: PinRequestId;
  attempts: number;
}

/**
 * Who works on which pin. A claim is a lease in the pin's own row, so that a crash always gives it back; the attempt's number
 * fences: with an older one, or once the pin is removed, nothing can be written. Each change of status announces `pin.changed`.
 */
export abstract class PinLeases {
  /** The next pin in fairness: of the account that has the fewest running, its oldest. Null when none is due. */
  abstract claimNext(now: Date, until: Date): Promise<PinClaim | null>;
  /** Prolongs the lease and writes the progress down. False: the claim is lost, stop. */
  abstract extend(claim: PinClaim, until: Date, progress: PinProgress): Promise<boolean>;
  /** Inside the transaction that stores the content. @throws PinTakenAway when the claim is lost. */
  abstract pinned(tx: Tx, claim: PinClaim, contentId: ContentId, progress: PinProgress | null): Promise<void>;
  /** Back to the queue: cut off by a shutdown, or (with a reason) failed and to be tried again, not before `notBefore`. */
  abstract giveBack(claim: PinClaim, notBefore: Date | null, reason: string | null): Promise<void>;
  abstract fail(claim: PinClaim, reason: string): Promise<void>;
  /** Pins whose worker vanished are queued again; those that took too many workers with them fail. Returns how many. */
  abstract reclaim(now: Date, mostAttempts: number): Promise<number>;
  /** Queued pins whose time has come, as many as asked for. Which of them is claimed first is decided by claimNext. */
  abstract due(now: Date, limit: number): Promise<WaitingPin[]>;
  /** For the metrics: pins by status, and the age of the oldest that waits. */
  abstract depth(now: Date): Promise<{ queued: number; pinning: number; oldestSeconds: number }>;
}
