import type { CID } from 'multiformats/cid';
import type { Tx } from '../../platform/prisma/index.js';
import type { ContentId, DealTerms, UserId } from '../../shared/index.js';

/** A DAG with at least one reference. `hot` false: miners alone have it. */
export interface StoredDag {
  /** Row id. */
  dagId: bigint;
  /** CIDv1 text. */
  root: string;
  /** Payload bytes. */
  size: number;
  /** Bytes of CAR sections. */
  carBytes: number;
  blocks: number;
  hot: boolean;
}

/** Where one stretch of a DAG lies. Copy 0 is what miners hold. */
export interface DagRun {
  copy: number;
  seq: number;
  carId: string;
  offset: number;
  length: number;
}

/**
 * For whom a DAG is stored: without one, nothing is. Storage looks at these fields alone; the room that keeps the
 * references (it fills `DagReferences`) adds its own.
 */
export interface DagReference {
  userId: UserId;
  /** The DAG gets CARs of its own, to be dealt on these terms. */
  terms?: DealTerms;
  /**
   * Runs inside the transaction that stores the reference: the caller's own state change commits with it or not at all.
   */
  within?: (tx: Tx, contentId: ContentId) => Promise<void>;
}

/** A DAG that is stored for somebody, from this answer on. */
export interface CommittedDag {
  /** The row of the reference. */
  contentId: ContentId;
  dag: StoredDag;
}

/** A root of an intake, and who wants it. */
export interface IntakeRoot<R extends DagReference = DagReference> {
  root: CID;
  reference: R;
  /**
   * False: not all that the root leads to could be followed (a codec that is not known here, a block that its codec
   * does not read). Such a DAG is stored as it came, and never stands for another upload of its root. Default true: the
   * caller has followed it from the root to the last leaf.
   */
  whole?: boolean;
  /**
   * Bytes of the blocks that the root leads to, whatever it claims: what a later reference to it alone counts for.
   * Null, and where it is left out: those of all blocks of the intake.
   */
  ownBytes?: number | null;
}

/**
 * A DAG on its way in, block by block, into CARs of its own (rolled over at the piece limit) or, while small, into the
 * open segment. The caller has verified each block against its CID. Exactly one of commit, commitAll, restore or abort
 * ends it; a process that dies before has left nothing: the next start cuts the CAR away.
 */
export interface DagIntake<R extends DagReference = DagReference> {
  readonly bytes: number;
  readonly blocks: number;
  /** This intake already holds the block. */
  has(cid: CID): boolean;
  /**
   * Appends a block, given whole or in pieces; resolves when more may come (backpressure). Visible to HotBlocks at
   * once: in this process always, in others as soon as the DAG is too large to wait in memory. A block twice is written
   * once. `written` is called, in the order of the blocks, when the bytes are in a file and not read any more; it may
   * never be.
   * @throws DiskFull, CarWriteFailed
   */
  put(cid: CID, bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void>;
  /**
   * fsync, then one transaction: DAG, runs, reference. Bytes already stored under this root are kept once. The caller
   * has followed the DAG: it is whole.
   * @throws RootMissing; ReferenceRefused, and keeps nothing
   */
  commit(root: CID, reference: R): Promise<CommittedDag>;
  /** The same for several roots in one transaction (a CAR with many roots); `within` is not for these. */
  commitAll(dags: readonly IntakeRoot<R>[]): Promise<CommittedDag[]>;
  /**
   * fsync, then the offloaded DAG is hot again: a new copy of its runs.
   * @throws DagNotReferenced when nobody refers to it any more
   */
  restore(root: CID): Promise<StoredDag>;
  /** What came is forgotten. Idempotent, and harmless after the end. */
  abort(): Promise<void>;
}

/** DAGs that are stored here. `R` is what the room that keeps the references says with each. */
export abstract class DagStore<R extends DagReference = DagReference> {
  /**
   * 'pin': CARs that become pieces. 'copy': a CAR that is never dealt, for retrieved DAGs.
   * @param bytes how much will come, if that is known: the room for it is kept for this intake until it ends
   * @throws DiskFull when there is no room for them
   */
  abstract begin(purpose: 'pin' | 'copy', bytes?: number): Promise<DagIntake<R>>;
  /** @throws DiskFull when so many bytes more would leave less than the reserve. */
  abstract ensureSpace(bytes: number): Promise<void>;
  /** Hot or offloaded; null when it never was here, or its last reference is gone. */
  abstract find(root: CID): Promise<StoredDag | null>;
  /** Copy by copy, each in the order of the DAG's bytes. */
  abstract runs(dagId: bigint): Promise<DagRun[]>;
  /**
   * One more reference to a DAG that is stored, hot and known to be whole; null when it is not (any more).
   * @throws ReferenceRefused
   */
  abstract addReference(root: CID, reference: R): Promise<ContentId | null>;
}
