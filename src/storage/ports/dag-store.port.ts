import type { CID } from 'multiformats/cid';
import type { Tx } from '../../platform/prisma/index.js';
import type { ContentId, UserId } from '../../shared/index.js';
import type { DealTerms } from '../../shared/deal-terms.js';

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

export interface AdoptOptions {
  userId: UserId;
  /** As the client wrote it. */
  cid: string;
  name: string;
  type: 'file' | 'directory' | 'unknown';
  /** 'pin' for pins; import profile or 'car' for uploads. */
  profile: string;
  terms?: DealTerms;
  pinRequestId?: string;
  /** Runs inside the transaction that stores the content: the caller's own state change commits with it or not at all. */
  within?: (tx: Tx, contentId: ContentId) => Promise<void>;
}

/**
 * A DAG on its way in, block by block, into CARs of its own (rolled over at the piece limit).
 * The caller has verified each block against its CID. Exactly one of adopt, restore or abort ends it; a process that dies
 * before has left nothing: the next start cuts the CAR away.
 */
export interface DagIntake {
  readonly bytes: number;
  readonly blocks: number;
  /** This intake already holds the block. */
  has(cid: CID): boolean;
  /**
   * Appends a block, given whole or in pieces; resolves when more may come (backpressure). Visible to HotBlocks at once: in
   * this process always, in others as soon as the DAG is too large to wait in memory. A block twice is written once.
   * `written` is called, in the order of the blocks, when the bytes are in a file and not read any more; it may never be.
   */
  put(cid: CID, bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void>;
  /** fsync, then one transaction: dag, runs, content row, `content.stored`. Bytes already stored under this root are kept once. @throws QuotaExceeded, and keeps nothing */
  adopt(root: CID, options: AdoptOptions): Promise<{ contentId: ContentId; dag: StoredDag }>;
  /** The same for several roots in one transaction (a CAR with many roots); `within` is not for these. */
  adoptAll(
    contents: readonly { root: CID; options: AdoptOptions }[],
  ): Promise<{ contentId: ContentId; dag: StoredDag }[]>;
  /** fsync, then the offloaded DAG is hot again (a new copy of its runs) and `content.restored` is announced. */
  restore(root: CID): Promise<StoredDag>;
  abort(): Promise<void>;
}

export abstract class DagStore {
  /** 'pin': CARs that become pieces. 'copy': a CAR that is never dealt, for retrieved DAGs. */
  abstract begin(purpose: 'pin' | 'copy'): Promise<DagIntake>;
  /** @throws DiskFull when so many bytes more would leave less than the reserve. */
  abstract ensureSpace(bytes: number): Promise<void>;
  /** Hot or offloaded; null when it never was here, or its last content was deleted. */
  abstract find(root: CID): Promise<StoredDag | null>;
  abstract runs(dagId: bigint): Promise<DagRun[]>;
  /** A new content that refers to a DAG which is already stored and hot; null when it is not (any more). @throws QuotaExceeded */
  abstract refer(root: CID, options: AdoptOptions): Promise<ContentId | null>;
}
