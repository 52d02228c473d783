import type { Tx } from '../../platform/prisma/index.js';
import type { CarId, ContentId, UserId } from '../../shared/index.js';
import type { DealTerms } from '../domain/deal-terms.js';
import type { QuotaExceeded } from '../domain/content.errors.js';
import type { AdoptOptions, DagRun, StoredDag } from './dag-store.port.js';

export interface NewRun {
  carId: CarId;
  seq: number;
  offset: number;
  length: number;
}

/** A content whose bytes are durable and that has no row yet. */
export interface NewContent {
  /** CIDv1 text. */
  root: string;
  size: number;
  carBytes: number;
  blocks: number;
  runs: NewRun[];
  userId: UserId;
  cid: string;
  name: string;
  type: AdoptOptions['type'];
  profile: string;
  replication: number;
  pinRequestId: string | null;
}

/** A CAR that these contents were written to, its durable length, and how it ends with them (`seal`: it takes nothing more). */
export interface WrittenCar {
  id: CarId;
  bytes: number;
  seal?: { root: string; terms: DealTerms | null; userId: UserId | null };
}

export interface CommittedContent {
  contentId: ContentId;
  dag: StoredDag;
  /** False: these bytes were stored already, by somebody else or earlier; the new ones are dead. */
  kept: boolean;
}

/** What Postgres knows of DAGs and contents. */
export abstract class DagLedger {
  /**
   * One transaction, one round trip: DAGs, runs, contents, `content.stored`, lengths of CARs; CARs that end here are sealed and
   * announced, or discarded when none of their bytes were kept. Concurrent commits and deletions of one root take turns, and so do
   * those of one account that has a quota: an upload that would pass it is not stored, and its place in the answer says so.
   * When that is true of all, nothing is written at all.
   */
  abstract commit(
    uploads: readonly (readonly NewContent[])[],
    cars: readonly WrittenCar[],
  ): Promise<(CommittedContent[] | QuotaExceeded)[]>;
  /** One upload, with the caller's own changes inside. @throws QuotaExceeded */
  abstract commitWithin(
    contents: readonly NewContent[],
    cars: readonly WrittenCar[],
    within: (tx: Tx, contentId: ContentId) => Promise<void>,
  ): Promise<CommittedContent[]>;
  /** A retrieved DAG: a new copy of its runs, hot again, `content.restored`. Null when nobody wants it, or it is hot already: the CARs are discarded. */
  abstract restore(
    root: string,
    runs: readonly NewRun[],
    cars: readonly { id: CarId; bytes: number; root: string }[],
  ): Promise<StoredDag | null>;
  /** Hot or offloaded; null when it never was here, or its last content was deleted. */
  abstract find(root: string): Promise<StoredDag | null>;
  abstract runs(dagId: bigint): Promise<DagRun[]>;
  /** One more content for a hot DAG; null when it is not hot (any more). @throws QuotaExceeded */
  abstract refer(
    root: string,
    content: Omit<NewContent, 'root' | 'size' | 'carBytes' | 'blocks' | 'runs'>,
    within?: (tx: Tx, contentId: ContentId) => Promise<void>,
  ): Promise<ContentId | null>;
}
