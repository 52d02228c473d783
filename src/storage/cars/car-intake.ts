import type { CID } from 'multiformats/cid';
import { blockKey, headerRoot, isIdentity, rootFacts, sectionPrefix } from '../../ipld/index.js';
import { DagNotReferenced, RootMissing } from '../domain/storage.errors.js';
import { type AdoptOptions, type DagIntake, type StoredDag } from '../ports/dag-store.port.js';
import { type CarReclaimer } from '../cars/car-reclaimer.js';
import { type CommittedContent, type DagReferences, type NewContent } from '../ports/dag-references.port.js';
import { type HotBlocks } from '../ports/hot-blocks.port.js';
import { canonicalCid, type ContentId } from '../../shared/index.js';
import type { Block } from './car-writer.js';
import type { PostgresDagStore } from '../store/postgres-dag.store.js';
import type { NodeFiles } from './node-files.js';
import { OwnCars } from './own-cars.js';
import { SeenBlocks } from './seen-blocks.js';
import type { SegmentCommitter } from './segment-committer.js';
import type { WaitingBlocks } from '../blocks/waiting-blocks.js';

export interface IntakeTools {
  node: NodeFiles;
  rows: PostgresDagStore;
  references: DagReferences;
  committer: SegmentCommitter;
  reclaimer: CarReclaimer;
  hotBlocks: HotBlocks;
  waiting: WaitingBlocks;
}

/** Between two looks at the disk. */
const SPACE_CHECK_BYTES = 16 * 1024 ** 2;

/** Keeps a DAG in memory while it is small, and in CARs of its own from then on. */
export class CarIntake implements DagIntake {
  bytes = 0;
  blocks = 0;
  private carBytes = 0;
  private checkedAt = 0;
  private ended = false;
  /** Null once the DAG has CARs of its own. */
  private memory: Map<string, Block> | null;
  private readonly own: OwnCars;
  private readonly seen: SeenBlocks;

  constructor(
    private readonly tools: IntakeTools,
    purpose: 'pin' | 'copy',
  ) {
    this.own = new OwnCars(tools.node, purpose === 'pin' ? 'single' : 'copy');
    this.seen = new SeenBlocks(tools.node.index, () => this.own.ids);
    // A retrieved DAG is read by other processes while it comes in.
    this.memory = purpose === 'pin' ? new Map() : null;
    if (this.memory) tools.waiting.add(this.memory);
  }

  has(cid: CID): boolean {
    return isIdentity(cid) || (this.memory ? this.memory.has(blockKey(cid)) : this.seen.has(cid));
  }

  async put(cid: CID, bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void> {
    // The bytes of an identity CID are in the CID.
    if (!this.has(cid)) await this.take(cid, bytes, written);
  }

  async adopt(root: CID, options: AdoptOptions): Promise<{ contentId: ContentId; dag: StoredDag }> {
    const [only] = await this.adoptAll([{ root, options }]);
    if (!only) throw new Error('one content was to be adopted');
    return only;
  }

  async adoptAll(
    contents: readonly { root: CID; options: AdoptOptions }[],
  ): Promise<{ contentId: ContentId; dag: StoredDag }[]> {
    try {
      const rows: Omit<NewContent, 'runs'>[] = [];
      for (const { root, options } of contents) rows.push(await this.describe(root, options));
      const terms = contents[0]?.options.terms;
      const within = contents[0]?.options.within;
      if (this.memory && terms) await this.leaveMemory();
      const committed = this.memory
        ? await this.tools.committer.store({ blocks: [...this.memory.values()], contents: rows, within })
        : await this.commitOwn(contents, rows);
      this.end();
      return committed;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async restore(root: CID): Promise<StoredDag> {
    try {
      const parts = await this.own.finish(headerRoot(root), [root]);
      await this.assertRoot(root);
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
    await this.own.close();
    await this.removeUnwanted();
  }

  private async take(cid: CID, bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void> {
    if (this.ended) throw new Error('this intake has ended');
    const parts = bytes instanceof Uint8Array ? [bytes] : bytes;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const block = { cid, parts, length };
    this.bytes += length;
    this.blocks += 1;
    this.carBytes += sectionPrefix(cid, length).length + length;
    if (this.carBytes >= this.checkedAt) {
      await this.tools.node.space.ensure(SPACE_CHECK_BYTES);
      this.checkedAt = this.carBytes + SPACE_CHECK_BYTES;
    }
    if (this.memory && this.bytes <= this.tools.node.limits.smallBytes) {
      this.memory.set(blockKey(cid), block);
      return;
    }
    if (this.memory) await this.leaveMemory();
    this.seen.add(cid);
    await this.own.append(written ? { ...block, written } : block);
  }

  private async leaveMemory(): Promise<void> {
    const { memory } = this;
    if (!memory) return;
    this.memory = null;
    for (const block of memory.values()) {
      this.seen.add(block.cid);
      await this.own.append(block);
    }
    await this.own.flush();
    this.tools.waiting.remove(memory);
  }

  private async describe(root: CID, options: AdoptOptions): Promise<Omit<NewContent, 'runs'>> {
    const bytes = await this.assertRoot(root);
    const facts = rootFacts(root, bytes);
    return {
      root: canonicalCid(root),
      size: facts.size ?? this.bytes,
      carBytes: this.carBytes,
      blocks: this.blocks,
      userId: options.userId,
      cid: options.cid,
      name: options.name,
      type: options.type === 'unknown' ? facts.type : options.type,
      profile: options.profile,
      replication: options.terms?.replication ?? this.tools.node.limits.replication,
      pinRequestId: options.pinRequestId ?? null,
    };
  }

  /** @throws RootMissing */
  private async assertRoot(root: CID): Promise<Uint8Array> {
    if (isIdentity(root)) {
      if (this.blocks === 0) await this.take(root, root.multihash.digest);
      return root.multihash.digest;
    }
    const inMemory = this.memory?.get(blockKey(root));
    if (inMemory) return Buffer.concat(inMemory.parts, inMemory.length);
    if (!this.has(root)) throw new RootMissing(`the root block ${root.toString()} did not come with the DAG`);
    await this.own.flush();
    const bytes = await this.tools.hotBlocks.get(root);
    if (!bytes) throw new RootMissing(`the root block ${root.toString()} cannot be read`);
    return bytes;
  }

  private async commitOwn(
    contents: readonly { root: CID; options: AdoptOptions }[],
    rows: readonly Omit<NewContent, 'runs'>[],
  ): Promise<CommittedContent[]> {
    const roots = contents.map(({ root }) => root);
    const [first] = contents;
    const parts = await this.own.finish(roots.length === 1 && roots[0] ? headerRoot(roots[0]) : null, roots);
    const runs = parts.map((part) => part.run);
    const cars = this.own.written({ terms: first?.options.terms ?? null, userId: first?.options.userId ?? null });
    const full = rows.map((row) => ({ ...row, runs }));
    const within = first?.options.within;
    const [committed] = within
      ? [await this.tools.references.commitWithin(full, cars, within)]
      : await this.tools.references.commit([full], cars);
    if (!committed || committed instanceof Error) throw committed ?? new Error('one upload was to be committed');
    if (!committed.some((content) => content.kept)) await this.removeUnwanted();
    return committed;
  }

  /** Removes those of its CARs that no run was made of. One whose fate is unknown (the database did not answer) stays for the next start. */
  private async removeUnwanted(): Promise<void> {
    if (this.own.ids.length === 0) return;
    const discarded = await this.tools.node.cars.discard(this.own.ids).catch(() => []);
    for (const id of discarded) await this.tools.reclaimer.remove(id);
  }

  private end(): void {
    this.ended = true;
    if (this.memory) this.tools.waiting.remove(this.memory);
    this.memory = null;
  }
}
