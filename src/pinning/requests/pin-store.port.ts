import type { ContentId, PinRequestId, UserId } from '../../shared/index.js';
import type { PinFilter, PinRecord, PinSpec, PinStatus } from '../pin.js';

/** What a pin is made of; the store adds id, status and time. */
export interface NewPin extends PinSpec {
  userId: UserId;
  cidV1: string;
  /** How many pins the account may have, this one included. Without it there is no quota. */
  most?: number | null;
}

/** The pins that accounts asked for. Another account's pin does not exist for any of these. */
export abstract class PinStore {
  /**
   * A queued pin with a fresh id, and a `created` that no other pin of the account has. Durable when it is answered.
   * @throws PinQuotaUsedUp
   */
  abstract add(pin: NewPin): Promise<PinRecord>;
  /**
   * Many of one account at once, all or none, but for those that are too many for its quota: null in their places.
   * Answered in the order given, which is also the order of their `created`.
   */
  abstract addAll(pins: NewPin[]): Promise<(PinRecord | null)[]>;
  /**
   * The same in the place of another, which is gone with it, in one step; null when there is no such pin.
   * @throws PinQuotaUsedUp, and the other stays
   */
  abstract replace(requestId: PinRequestId, pin: NewPin): Promise<PinRecord | null>;
  /** Null also for an id that cannot be any. */
  abstract find(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null>;
  /** The account's pins that have one of these ids, in any order; ids that cannot be any are none. */
  abstract findAll(userId: UserId, ids: { requestIds: string[]; contentIds: string[] }): Promise<PinRecord[]>;
  /** A page, newest first, and the number of all pins that the filter lets through, its before and after included. */
  abstract list(userId: UserId, filter: PinFilter): Promise<{ count: number; pins: PinRecord[] }>;
  /** From now on there is no such pin, and whoever fetches it has lost its claim. Its content is still to be let go. */
  abstract remove(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null>;
  /** Removed pins whose content nothing holds back: not replaced, or the replacement is pinned or gone. */
  abstract removed(limit: number): Promise<PinRecord[]>;
  /** Forgets a removed pin for good. Harmless twice. */
  abstract purge(requestId: PinRequestId): Promise<void>;
  /** The content was deleted by other means: its pin goes too. */
  abstract removeOf(contentId: ContentId): Promise<void>;
}

/** The numbers of pins, known without counting. The database keeps them with every change, whoever makes it. */
export abstract class PinCounts {
  /** Pins of all accounts by status, exact at one moment. Cheap, however many there are. */
  abstract byStatus(): Promise<Record<PinStatus, number>>;
  /** All pins of each of these accounts; one that is left out has none. */
  abstract ofUsers(users: readonly UserId[]): Promise<ReadonlyMap<UserId, number>>;
  /**
   * Adds recent changes to the sums. Readers are right without it, but read one row for each change since: to be called
   * every second or so. At most `most` changes; answers how many, so 0 when nothing is left or another process is at
   * it.
   */
  abstract fold(most: number): Promise<number>;
}
