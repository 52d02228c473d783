import type { CID } from 'multiformats/cid';
import { blockKey, headerRoot, isIdentity, type RootFacts, rootFacts, sectionPrefix } from '../../ipld/index.js';
import { canonicalCid, type ContentId } from '../../shared/index.js';
import type { BufferedBlocks } from '../blocks/indexed-hot-blocks.js';
import { countedBytes, countedShares } from '../domain/counted-bytes.js';
import { DagNotReferenced, RootMissing } from '../domain/storage.errors.js';
import type { DagReferences, NewDag, NewUpload } from '../ports/dag-references.port.js';
import {
  type CommittedDag,
  type DagIntake,
  type DagReference,
  type DagRun,
  DagStore,
  type IntakeRoot,
  type StoredDag,
} from '../ports/dag-store.port.js';
import type { HotBlocks } from '../ports/hot-blocks.port.js';
import type { SpaceReservation } from '../places/disk-space.js';
import type { PostgresDagStore } from '../store/postgres-dag.store.js';
import type { CarReclaimer } from './car-reclaimer.js';
import type { Block } from './car-writer.js';
import { DedicatedCars } from './dedicated-cars.js';
import type { NodeFiles } from './node-files.js';
import type { SegmentCommitter } from './segment-committer.js';

/** What every intake of this process shares. */
export interface IntakeTools {
  node: NodeFiles;
  rows: PostgresDagStore;
  references: DagReferences;
  committer: SegmentCommitter;
  reclaimer: CarReclaimer;
  hotBlocks: HotBlocks;
  buffered: BufferedBlocks;
}

type DescribedDag = Omit<NewDag, 'runs'>;

/** A reservation that is used up grows by so much: of a DAG with CARs of its own, and of one in memory. */
const SPACE_STEP_BYTES = 16 * 1024 ** 2;
const SMALL_SPACE_STEP_BYTES = 128 * 1024;

/** DAGs in CAR files of this node; their rows in Postgres. */
export class CarDagStore extends DagStore {
  constructor(private readonly tools: IntakeTools) {
    super();
  }

  /** Room for `bytes` is kept aside; more is asked for as blocks come. @throws DiskFull */
  async begin(purpose: 'pin' | 'copy', bytes = 0): Promise<DagIntake> {
    return new CarDagIntake(this.tools, purpose, await this.tools.node.space.reserve(bytes));
  }

  /** Keeps nothing aside: somebody else may take the room a moment later. @throws DiskFull */
  async ensureSpace(bytes: number): Promise<void> {
    await this.tools.node.space.ensure(bytes);
  }

  /** By the canonical root: a CIDv0 and a CIDv1 of one hash are one. */
  async find(root: CID): Promise<StoredDag | null> {
    return this.tools.rows.find(canonicalCid(root));
  }

  async runs(dagId: bigint): Promise<DagRun[]> {
    return this.tools.rows.runs(dagId);
  }

  /** As `DagReferences.add`, by the canonical root. @throws ReferenceRefused */
  async addReference(root: CID, reference: DagReference): Promise<ContentId | null> {
    return this.tools.references.add(canonicalCid(root), reference);
  }
}

/**
 * Keeps a DAG in memory while it is small, to join the open segment at the end, and in CARs of its own from then on.
 */
class CarDagIntake implements DagIntake {
  bytes = 0;
  blocks = 0;
  private carBytes = 0;
  /** Of these, in files. */
  private spentBytes = 0;
  private ended = false;
  /** Null once the DAG has CARs of its own. */
  private memory: Map<string, Block> | null;
  private readonly dedicated: DedicatedCars;

  constructor(
    private readonly tools: IntakeTools,
    purpose: 'pin' | 'copy',
    private readonly space: SpaceReservation,
  ) {
    this.dedicated = new DedicatedCars(tools.node, purpose === 'pin' ? 'single' : 'copy');
    // A retrieved DAG is read by other processes while it comes in.
    this.memory = purpose === 'pin' ? new Map() : null;
    if (this.memory) tools.buffered.add(this.memory);
  }

  has(cid: CID): boolean {
    return isIdentity(cid) || (this.memory ? this.memory.has(blockKey(cid)) : this.dedicated.has(cid));
  }

  async put(cid: CID, bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void> {
    // The bytes of an identity CID are in the CID.
    if (!this.has(cid)) await this.take(cid, bytes, written);
  }

  async commit(root: CID, reference: DagReference): Promise<CommittedDag> {
    const [only] = await this.commitAll([{ root, reference }]);
    if (!only) throw new Error('one DAG was to be committed');
    return only;
  }

  async commitAll(dags: readonly IntakeRoot[]): Promise<CommittedDag[]> {
    try {
      const described = await this.describe(dags);
      // Terms are those of a whole CAR.
      if (this.memory && dags[0]?.reference.terms) await this.leaveMemory();
      const committed = this.memory
        ? await this.tools.committer.store({ blocks: [...this.memory.values()], dags: described })
        : await this.commitDedicated(
            dags.map(({ root }) => root),
            described,
          );
      this.spend(this.carBytes - this.spentBytes);
      this.end();
      return committed;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async restore(root: CID): Promise<StoredDag> {
    try {
      const parts = await this.dedicated.finish(headerRoot(root), [root]);
      await this.readRoot(root);
      this.tools.node.fence.assertHeld();
      const dag = await this.tools.rows.restore(
        canonicalCid(root),
        parts.map((part) => part.run),
        parts,
      );
      this.end();
      await this.removeUnwanted();
      if (!dag) throw new DagNotReferenced('nobody wants this DAG any more', { details: { root: canonicalCid(root) } });
      return dag;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.ended) return;
    this.end();
    await this.dedicated.close();
    await this.removeUnwanted();
  }

  private async take(cid: CID, bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void> {
    if (this.ended) throw new Error('this intake has ended');
    const parts = bytes instanceof Uint8Array ? [bytes] : bytes;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const block = { cid, parts, length };
    const sectionBytes = sectionPrefix(cid, length).length + length;
    this.bytes += length;
    this.blocks += 1;
    this.carBytes += sectionBytes;
    await this.reserve();
    if (this.memory && this.bytes <= this.tools.node.limits.smallBytes) {
      this.memory.set(blockKey(cid), block);
      return;
    }
    if (this.memory) await this.leaveMemory();
    await this.append(block, written);
  }

  /** Room for all that came and is in no file yet. @throws DiskFull */
  private async reserve(): Promise<void> {
    const needed = this.carBytes - this.spentBytes - this.space.left;
    if (needed > 0) await this.space.grow(Math.max(needed, this.memory ? SMALL_SPACE_STEP_BYTES : SPACE_STEP_BYTES));
  }

  private async append(block: Block, written?: () => void): Promise<void> {
    const bytes = sectionPrefix(block.cid, block.length).length + block.length;
    await this.dedicated.append({
      ...block,
      written: () => {
        this.spend(bytes);
        written?.();
      },
    });
  }

  private spend(bytes: number): void {
    this.spentBytes += bytes;
    this.space.spend(bytes);
  }

  private async leaveMemory(): Promise<void> {
    const { memory } = this;
    if (!memory) return;
    this.memory = null;
    for (const block of memory.values()) await this.append(block);
    await this.dedicated.flush();
    this.tools.buffered.remove(memory);
  }

  /** What is known of these roots, now that all their blocks have come. @throws RootMissing */
  private async describe(dags: readonly IntakeRoot[]): Promise<{ dag: DescribedDag; reference: DagReference }[]> {
    const facts: RootFacts[] = [];
    for (const { root } of dags) facts.push(rootFacts(root, await this.readRoot(root)));
    const shares = countedShares(
      facts.map(({ size }) => size),
      this.bytes,
    );
    return dags.map(({ root, reference, whole, ownBytes }, at) => ({
      dag: {
        root: canonicalCid(root),
        size: facts[at]?.size ?? this.bytes,
        type: facts[at]?.type ?? 'unknown',
        storedBytes: shares[at] ?? this.bytes,
        ownBytes: countedBytes(facts[at]?.size ?? null, Math.min(ownBytes ?? this.bytes, this.bytes)),
        carBytes: this.carBytes,
        blocks: this.blocks,
        whole: whole ?? true,
      },
      reference,
    }));
  }

  /** @throws RootMissing */
  private async readRoot(root: CID): Promise<Uint8Array> {
    if (isIdentity(root)) {
      if (this.blocks === 0) await this.take(root, root.multihash.digest);
      return root.multihash.digest;
    }
    const inMemory = this.memory?.get(blockKey(root));
    if (inMemory) return Buffer.concat(inMemory.parts, inMemory.length);
    if (!this.has(root)) throw new RootMissing(`the root block ${root.toString()} did not come with the DAG`);
    await this.dedicated.flush();
    const bytes = await this.tools.hotBlocks.get(root);
    if (!bytes) throw new RootMissing(`the root block ${root.toString()} cannot be read`);
    return bytes;
  }

  private async commitDedicated(
    roots: readonly CID[],
    described: readonly { dag: DescribedDag; reference: DagReference }[],
  ): Promise<CommittedDag[]> {
    const parts = await this.dedicated.finish(roots.length === 1 && roots[0] ? headerRoot(roots[0]) : null, roots);
    const runs = parts.map((part) => part.run);
    const first = described[0]?.reference;
    const cars = this.dedicated.written({ terms: first?.terms ?? null, userId: first?.userId ?? null });
    this.tools.node.fence.assertHeld();
    const upload: NewUpload = described.map(({ dag, reference }) => ({ dag: { ...dag, runs }, reference }));
    const [committed] = first?.within
      ? [await this.tools.references.commitWithin(upload, cars)]
      : await this.tools.references.commit([upload], cars);
    if (!committed || committed instanceof Error) throw committed ?? new Error('one upload was to be committed');
    if (!committed.some((dag) => dag.kept)) await this.removeUnwanted();
    return committed;
  }

  /** Those of its CARs that no run was made of go, now or as soon as the database answers. */
  private async removeUnwanted(): Promise<void> {
    await this.tools.reclaimer.abandon(this.dedicated.ids);
  }

  private end(): void {
    this.ended = true;
    this.space.release();
    if (this.memory) this.tools.buffered.remove(this.memory);
    this.memory = null;
  }
}
