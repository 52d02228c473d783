import type { Tx } from '../../platform/prisma/index.js';
import type { CarId, ContentId, DealTerms, UserId } from '../../shared/index.js';
import type { ReferenceRefused } from '../domain/storage.errors.js';
import type { AdoptOptions, StoredDag } from './dag-store.port.js';

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

/** Who wants the DAGs that are stored here. Filled by the room that keeps those references: storage, upstream, cannot know them. */
export abstract class DagReferences {
  /**
   * One transaction, one round trip: DAGs, runs, contents, `content.stored`, lengths of CARs; CARs that end here are sealed and
   * announced, or discarded when none of their bytes were kept. Concurrent commits and deletions of one root take turns. An upload
   * that is refused (its account has a quota and would pass it) is not stored, and its place in the answer says so. When that is
   * true of all, nothing is written at all.
   */
  abstract commit(
    uploads: readonly (readonly NewContent[])[],
    cars: readonly WrittenCar[],
  ): Promise<(CommittedContent[] | ReferenceRefused)[]>;
  /** One upload, with the caller's own changes inside. @throws ReferenceRefused */
  abstract commitWithin(
    contents: readonly NewContent[],
    cars: readonly WrittenCar[],
    within: (tx: Tx, contentId: ContentId) => Promise<void>,
  ): Promise<CommittedContent[]>;
  /** One more reference to a hot DAG; null when it is not hot (any more). @throws ReferenceRefused */
  abstract add(
    root: string,
    content: Omit<NewContent, 'root' | 'size' | 'carBytes' | 'blocks' | 'runs'>,
    within?: (tx: Tx, contentId: ContentId) => Promise<void>,
  ): Promise<ContentId | null>;
  /** Whether anybody wants the DAG. Its row is locked. */
  abstract isReferenced(tx: Tx, dagId: bigint): Promise<boolean>;
  /** These DAGs, which had left this node, are hot again. */
  abstract markRestored(tx: Tx, dagIds: readonly bigint[], cause: string): Promise<void>;
  /** A retrieval brought this DAG back: its references are told, and it is announced. */
  abstract announceRestored(tx: Tx, dag: { root: string; bytes: number }): Promise<void>;
}
