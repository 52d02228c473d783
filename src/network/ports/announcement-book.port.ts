import type { ClaimedAnnouncement, Settlement } from '../domain/announcement.js';

/**
 * The book of all that our node holds and announces. It is work as well: whoever has time claims what is due, for as long as a lease
 * lasts, so that two workers never do the same and a crash gives it back. Roots are CIDv1 text.
 */
export abstract class AnnouncementBook {
  /** To be held and announced, at once; nothing changes for those that are already. Says how many that were. */
  abstract hold(roots: readonly string[]): Promise<number>;
  /** To be withdrawn, at once; nothing happens for those that are not in the book. Says how many that were. */
  abstract withdraw(roots: readonly string[]): Promise<number>;
  /** To be held and announced again, at once, whatever failed before. Says which of them are in the book. */
  abstract urge(roots: readonly string[]): Promise<string[]>;
  /** The same for those whose turn would come next. */
  abstract urgeNext(limit: number): Promise<string[]>;

  /** Whether there is something to claim. */
  abstract hasDue(): Promise<boolean>;
  /** The longest due first, and nothing that somebody else holds a lease of. */
  abstract claim(limit: number, leaseMs: number): Promise<ClaimedAnnouncement[]>;
  /** Ids of those whose lease is longer now; of the others somebody else may have taken hold. */
  abstract prolong(
    claims: readonly Pick<ClaimedAnnouncement, 'id' | 'claim'>[],
    leaseMs: number,
  ): Promise<ReadonlySet<string>>;
  /**
   * Ends leases. Where the claim is not ours any more, nothing is written. Where the row changed meanwhile (its revision), facts are
   * written (who holds it, when it was announced), and the row stays as it was asked to be: due.
   */
  abstract settle(settlements: readonly Settlement[]): Promise<void>;
}
