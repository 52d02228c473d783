import type {
  ClaimedProviderRecord,
  ProviderRecord,
  ProviderRecordState,
  Settlement,
} from '../domain/provider-record.js';

/** Every given part must hold; none: all records. */
export interface ProviderRecordFilter {
  state?: ProviderRecordState | undefined;
  /** CIDv1 text. */
  root?: string | undefined;
  /** Only those whose last attempt failed. */
  failing?: boolean | undefined;
}

/** For people and metrics: the parts need not be of one moment. */
export interface ProviderRecordFigures {
  byState: Record<ProviderRecordState, number>;
  /** Whose last attempt failed; not counted beyond 10,000. */
  failing: number;
  /** What should be worked on and is not: nobody has a lease on it. `dueAt`: since when, or since its last lease ended. */
  oldestOverdue: { root: string; dueAt: Date } | null;
}

/**
 * One record per root that our node provides. The records are the queue of the work as well: whoever has time claims
 * what is due, for as long as a lease lasts, so that two workers never do the same and a crash frees it. Roots are
 * CIDv1 text. No call costs more on a million records than on a thousand.
 */
export abstract class ProviderRecordStore {
  // What is asked for.

  /**
   * To be provided, at once; nothing changes for those that are already. Says how many were entered or asked for again.
   */
  abstract provide(roots: readonly string[]): Promise<number>;
  /** To be stopped, at once; nothing happens for those that have no record. Says how many were marked. */
  abstract stopProviding(roots: readonly string[]): Promise<number>;
  /** To be provided again, at once, whatever failed before. Says which of them have a record. */
  abstract reprovide(roots: readonly string[]): Promise<string[]>;
  /** The same for those whose turn would come next. */
  abstract reprovideNext(limit: number): Promise<string[]>;

  // The work.

  /** Whether there is something to claim. */
  abstract hasDue(): Promise<boolean>;
  /** Leases the longest due, and nothing that somebody else has leased. `dueAt` says since when. */
  abstract claim(limit: number, leaseMs: number): Promise<ClaimedProviderRecord[]>;
  /** Makes leases longer; answers with those that are lost. */
  abstract extend<R extends Pick<ClaimedProviderRecord, 'id' | 'leaseNumber'>>(
    records: readonly R[],
    leaseMs: number,
  ): Promise<R[]>;
  /**
   * Ends leases. Where the lease is lost, nothing is written. Where the record changed meanwhile (its revision), facts
   * are written (who provides it, when it was announced), and the rest stays as it was asked to be: due.
   */
  abstract settle(settlements: readonly Settlement[]): Promise<void>;

  // Reading, for people.

  /** Newest first; `before`: only records older than this id. */
  abstract page(filter: ProviderRecordFilter, limit: number, before?: bigint): Promise<ProviderRecord[]>;
  /** How many the filter finds; of failing ones no more than 10,000 are counted. */
  abstract count(filter: ProviderRecordFilter): Promise<number>;
  /** Costs the same however many records there are. */
  abstract figures(): Promise<ProviderRecordFigures>;

  // What keeps the records true although events get lost, nodes change and processes die. Every call is bounded.

  /** Roots in the order of their records' ids, after one. `next`: null at the end. */
  abstract roots(after: bigint, limit: number): Promise<{ roots: string[]; next: bigint | null }>;
  /** How far a walk is; 0 at its beginning. */
  abstract position(walk: string): Promise<bigint>;
  /** 0 lets the walk begin again. Two walkers at once only do some of the work twice. */
  abstract setPosition(walk: string, position: bigint): Promise<void>;
  /** What is provided and was never announced is due now: the node has routing. */
  abstract announceUnannounced(limit: number): Promise<number>;
  /** What these nodes provided is to be provided anew: they are gone. */
  abstract takeFrom(peerIds: readonly string[], limit: number): Promise<number>;
  /** Adds up the tallies that `count` and `figures` read. */
  abstract addUp(): Promise<void>;
}
