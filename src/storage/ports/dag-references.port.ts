import type { RootFacts } from '../../ipld/index.js';
import type { Tx } from '../../platform/prisma/index.js';
import type { CarId, ContentId, DealTerms, Json, UserId } from '../../shared/index.js';
import type { ReferenceRefused } from '../domain/storage.errors.js';
import type { CommittedDag, DagReference } from './dag-store.port.js';

/** Where a stretch of the DAG lies, in bytes of a CAR file; `seq` from 0 in the order of the DAG's bytes. */
export interface NewRun {
  carId: CarId;
  seq: number;
  offset: number;
  length: number;
}

/** A DAG whose bytes are durable and that has no row yet. */
export interface NewDag {
  /** CIDv1 text. */
  root: string;
  /** Payload bytes. */
  size: number;
  /** What its root block says that it is. */
  type: RootFacts['type'];
  /**
   * What it counts for in the quota of the account that brought it (domain/counted-bytes.ts): its share of the blocks
   * that are held for all that came with it.
   */
  storedBytes: number;
  /** The same for whoever refers to it alone: of the blocks that it leads to, also those that others have, too. */
  ownBytes: number;
  carBytes: number;
  blocks: number;
  /** All that the root leads to was followed and is in these runs. Only such a DAG stands for later uploads of its root. */
  whole: boolean;
  runs: NewRun[];
}

/** What is stored together or not at all. */
export type NewUpload<R extends DagReference = DagReference> = readonly { dag: NewDag; reference: R }[];

/**
 * A CAR that these DAGs were written to, its durable length, and how it ends with them (`seal`: it takes nothing more).
 */
export interface WrittenCar {
  id: CarId;
  bytes: number;
  /** The row's, when this process opened or recovered it: the commit fails when another one has recovered it since. */
  epoch: number;
  /** `announcement`: the payload of `car.sealed`. */
  seal?: { root: string; terms: DealTerms | null; userId: UserId | null; announcement: Json };
}

/** One root of an upload, as it is stored now. */
export interface CommittedUpload extends CommittedDag {
  /** False: these bytes were stored already, by somebody else or earlier; the new ones are dead. */
  kept: boolean;
}

/**
 * Who wants the DAGs that are stored here. Filled by the room that keeps those references: storage, upstream, cannot
 * know them. The decisive transaction is that room's statement; it calls storage's `commit_dags`
 * (store/commit-dags.sql) before it writes its own rows.
 */
export abstract class DagReferences {
  /**
   * One transaction, one round trip: DAGs, runs, CARs and references; CARs that end here are sealed and announced, or
   * discarded when none of their bytes were kept. Concurrent commits and removals of one root take turns. An upload
   * that is refused (its account has a quota and would pass it) is not stored, and its place in the answer says so.
   * When that is true of all, nothing is written at all.
   */
  abstract commit(
    uploads: readonly NewUpload[],
    cars: readonly WrittenCar[],
  ): Promise<(CommittedUpload[] | ReferenceRefused)[]>;
  /**
   * One upload whose reference brings changes of its own (`within`). @throws ReferenceRefused, and what `within` throws
   */
  abstract commitWithin(upload: NewUpload, cars: readonly WrittenCar[]): Promise<CommittedUpload[]>;
  /** One more reference to a hot DAG; null when it is not hot (any more). @throws ReferenceRefused */
  abstract add(root: string, reference: DagReference): Promise<ContentId | null>;
  /** Whether anybody wants the DAG. Its row is locked. */
  abstract isReferenced(tx: Tx, dagId: bigint): Promise<boolean>;
  /** Before any other lock of a transaction that will `recount` this DAG: what its owners store is held. */
  abstract holdCounted(tx: Tx, dagId: bigint): Promise<void>;
  /**
   * By itself this DAG counts for so many bytes in its owners' quotas: none of its references counts for less. Those
   * that came in one CAR with others count for what that CAR held.
   */
  abstract recount(tx: Tx, dagId: bigint, storedBytes: number): Promise<void>;
  /** Damage was found in the bytes of these DAGs: they are not hot any more. `cause` is for the people who own them. */
  abstract markDamaged(tx: Tx, dagIds: readonly bigint[], cause: string): Promise<void>;
  /** These DAGs, which had left this node, are hot again. */
  abstract markRestored(tx: Tx, dagIds: readonly bigint[], cause: string): Promise<void>;
  /** A retrieval brought this DAG back. */
  abstract announceRestored(tx: Tx, dag: { root: string; bytes: number }): Promise<void>;
}
