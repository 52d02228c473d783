import type { NewContent } from '../../content/index.js';
import { randomUUID } from 'node:crypto';
import { CID } from 'multiformats/cid';
import { isIdentity, rootFacts } from '../../ipld/index.js';
import type { Tx } from '../../platform/prisma/index.js';
import { canonicalCid, contentId, type ContentId, type UserId } from '../../shared/index.js';
import { QuotaExceeded } from '../../content/index.js';
import { CarWriteFailed, DagNotReferenced, DiskFull, RootMissing } from '../domain/storage.errors.js';
import {
  DagStore,
  type CommittedDag,
  type DagIntake,
  type DagRun,
  type IntakeRoot,
  type StoredDag,
} from '../ports/dag-store.port.js';
import { InMemoryHotBlocks } from './in-memory-hot-blocks.js';

export interface StoredContent extends NewContent {
  id: ContentId;
  root: string;
}

interface HeldDag {
  dag: StoredDag;
  whole: boolean;
  blocks: { cid: CID; bytes: Uint8Array }[];
  runs: DagRun[];
}

/** A DagStore without disk or database; passes the same contract as the real one. */
export class InMemoryDagStore extends DagStore<NewContent> {
  readonly contents: StoredContent[] = [];
  /** What is done with the transaction handle is the caller's affair: tests that look at it set one. */
  tx = {} as unknown as Tx;
  /** What accounts may store, for those who may not store what they like. */
  readonly quotas = new Map<UserId, number>();
  /** 'disk-full': no block fits any more. 'torn-write': the bytes are taken, the sync at the end fails. */
  failing: 'disk-full' | 'torn-write' | null = null;
  private readonly dags = new Map<string, HeldDag>();
  private readonly sizes = new WeakMap<StoredContent, number>();

  constructor(readonly hotBlocks = new InMemoryHotBlocks()) {
    super();
  }

  begin(_purpose: 'pin' | 'copy'): Promise<DagIntake<NewContent>> {
    return Promise.resolve(new InMemoryIntake(this));
  }

  async ensureSpace(_bytes: number): Promise<void> {
    if (this.failing === 'disk-full') throw new DiskFull('this node has no room for it');
  }

  find(root: CID): Promise<StoredDag | null> {
    return Promise.resolve(this.held(root)?.dag ?? null);
  }

  runs(dagId: bigint): Promise<DagRun[]> {
    return Promise.resolve([...this.dags.values()].find(({ dag }) => dag.dagId === dagId)?.runs ?? []);
  }

  async addReference(root: CID, reference: NewContent): Promise<ContentId | null> {
    const held = this.held(root);
    if (!held?.dag.hot || !held.whole) return null;
    this.assertWithinQuota([{ userId: reference.userId, size: held.dag.size }]);
    return this.addContent(root, reference, held.dag.size);
  }

  /** What OffloadDag does to the rows and the bytes. */
  offload(root: CID): void {
    const held = this.held(root);
    if (!held) return;
    held.dag = { ...held.dag, hot: false };
    for (const { cid } of held.blocks.splice(0)) this.hotBlocks.release(cid);
  }

  /** What DeleteContent does: with the last reference the DAG goes. */
  delete(id: ContentId): void {
    const [gone] = this.contents.splice(
      this.contents.findIndex((content) => content.id === id),
      1,
    );
    if (!gone || this.contents.some((content) => content.root === gone.root)) return;
    this.offload(CID.parse(gone.root));
    this.dags.delete(gone.root);
  }

  /** For the intake: all of it or nothing. */
  async keep(
    roots: readonly { root: CID; reference: NewContent | null; whole?: boolean }[],
    blocks: HeldDag['blocks'],
    bytes: number,
  ): Promise<CommittedDag[]> {
    if (this.failing === 'torn-write') throw new CarWriteFailed('a CAR could not be written: the disk tore');
    this.assertWithinQuota(
      roots.flatMap(({ root, reference }) =>
        reference ? [{ userId: reference.userId, size: this.held(root)?.dag.size ?? sizeOf(root, blocks, bytes) }] : [],
      ),
    );
    const results: CommittedDag[] = [];
    for (const { root, reference, whole = true } of roots) {
      const id = reference
        ? await this.addContent(root, reference, this.held(root)?.dag.size ?? sizeOf(root, blocks, bytes))
        : contentId('0');
      results.push({ contentId: id, dag: this.hold(root, blocks, bytes, whole) });
    }
    return results;
  }

  /** What an account's contents add up to. */
  usedBy(user: UserId): number {
    return this.contents
      .filter(({ userId }) => userId === user)
      .reduce((sum, content) => sum + (this.sizes.get(content) ?? 0), 0);
  }

  wants(root: CID): boolean {
    return this.contents.some((content) => content.root === canonicalCid(root));
  }

  private hold(root: CID, blocks: HeldDag['blocks'], bytes: number, whole: boolean): StoredDag {
    const known = this.held(root);
    const isMore = known && !known.whole && (whole || blocks.length > known.dag.blocks);
    if (known?.dag.hot && !isMore) return known.dag;
    for (const block of blocks) this.hotBlocks.hold(block.cid, block.bytes);
    const dag = {
      dagId: known?.dag.dagId ?? BigInt(this.dags.size + 1),
      root: canonicalCid(root),
      size: known?.dag.size ?? sizeOf(root, blocks, bytes),
      carBytes: bytes,
      blocks: blocks.length,
    };
    const run = { copy: known?.runs.length ?? 0, seq: 0, carId: randomUUID(), offset: 59, length: bytes };
    const kept = known?.dag.hot ? known.blocks : [];
    const held = {
      dag: { ...dag, hot: true },
      whole,
      blocks: [...kept, ...blocks],
      runs: [...(known?.runs ?? []), run],
    };
    this.dags.set(canonicalCid(root), held);
    return held.dag;
  }

  private async addContent(root: CID, reference: NewContent, size: number): Promise<ContentId> {
    const id = contentId(BigInt(this.contents.length + 1));
    if (reference.within) await reference.within(this.tx, id);
    const content = { ...reference, id, root: canonicalCid(root) };
    this.sizes.set(content, size);
    this.contents.push(content);
    return id;
  }

  /** All of one upload belong to one account. @throws QuotaExceeded */
  private assertWithinQuota(fresh: readonly { userId: UserId; size: number }[]): void {
    const quota = fresh[0] && this.quotas.get(fresh[0].userId);
    if (quota === undefined) return;
    const used = this.usedBy((fresh[0] as { userId: UserId }).userId);
    if (used + fresh.reduce((sum, { size }) => sum + size, 0) > quota)
      throw new QuotaExceeded(Math.max(0, quota - used));
  }

  private held(root: CID): HeldDag | undefined {
    return this.dags.get(canonicalCid(root));
  }
}

class InMemoryIntake implements DagIntake<NewContent> {
  bytes = 0;
  private readonly taken: { cid: CID; bytes: Uint8Array }[] = [];
  private ended = false;

  constructor(private readonly store: InMemoryDagStore) {}

  get blocks(): number {
    return this.taken.length;
  }

  has(cid: CID): boolean {
    return isIdentity(cid) || this.taken.some((block) => same(block.cid, cid));
  }

  async put(cid: CID, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    if (this.ended) throw new Error('this intake has ended');
    await this.store.ensureSpace(1);
    if (this.has(cid)) return;
    const whole = bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes);
    this.bytes += whole.length;
    this.taken.push({ cid, bytes: whole });
    this.store.hotBlocks.hold(cid, whole);
  }

  async commit(root: CID, reference: NewContent): Promise<CommittedDag> {
    const [only] = await this.commitAll([{ root, reference }]);
    if (!only) throw new Error('one DAG was to be committed');
    return only;
  }

  async commitAll(contents: readonly IntakeRoot<NewContent>[]): Promise<CommittedDag[]> {
    return this.finish(contents);
  }

  async restore(root: CID): Promise<StoredDag> {
    if (!this.store.wants(root)) {
      await this.abort();
      throw new DagNotReferenced('nobody wants this DAG any more');
    }
    const [only] = await this.finish([{ root, reference: null }]);
    if (!only) throw new Error('one DAG was to be restored');
    return only.dag;
  }

  abort(): Promise<void> {
    if (!this.ended) for (const { cid } of this.taken) this.store.hotBlocks.release(cid);
    this.ended = true;
    return Promise.resolve();
  }

  private async finish(
    contents: readonly { root: CID; reference: NewContent | null; whole?: boolean }[],
  ): Promise<CommittedDag[]> {
    try {
      const missing = contents.find(({ root }) => !this.has(root));
      if (missing) throw new RootMissing(`the root block ${missing.root.toString()} did not come with the DAG`);
      return await this.store.keep(contents, this.taken, this.bytes);
    } finally {
      await this.abort();
    }
  }
}

function sizeOf(root: CID, blocks: HeldDag['blocks'], bytes: number): number {
  const rootBytes = isIdentity(root)
    ? root.multihash.digest
    : (blocks.find(({ cid }) => same(cid, root))?.bytes ?? new Uint8Array());
  return rootFacts(root, rootBytes).size ?? bytes;
}

function same(a: CID, b: CID): boolean {
  return Buffer.compare(a.multihash.bytes, b.multihash.bytes) === 0;
}
