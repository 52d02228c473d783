import type { CID } from 'multiformats/cid';
import { DagStore, type AdoptOptions, type DagIntake, type DagRun, type StoredDag } from '../../storage/index.js';
import type { Tx } from '../../platform/prisma/index.js';
import { canonicalCid, contentId, type ContentId } from '../../shared/index.js';
import { ContentRelease } from '../requests/content-release.port.js';
import { BlockMap } from '../../network/testing/block-map.js';

export type Transact = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Stored DAGs in memory, with the promises of the content room's door: all of `adopt` or nothing. */
export class InMemoryDags extends DagStore {
  /** What the "CARs" of this node hold. */
  readonly hot = new BlockMap();
  readonly contents = new Map<ContentId, AdoptOptions & { root: string }>();
  /** Intakes that were begun and ended with abort. */
  aborted = 0;
  begun = 0;
  /** Each put waits for it: a slow disk, or a place to stop. */
  beforePut: () => Promise<void> = () => Promise.resolve();
  private readonly dags = new Map<string, StoredDag>();

  /** Without a database, `within` gets a transaction that fakes ignore. */
  constructor(private readonly transact: Transact = (work) => work({} as Tx)) {
    super();
  }

  begin(): Promise<DagIntake> {
    this.begun += 1;
    const blocks = new BlockMap();
    let bytes = 0;
    const intake = {
      get bytes() {
        return bytes;
      },
      get blocks() {
        return blocks.count;
      },
      has: (cid: CID) => blocks.entries().some((entry) => entry.cid.equals(cid)),
      put: async (cid: CID, given: Uint8Array | readonly Uint8Array[]) => {
        await this.beforePut();
        const block = given instanceof Uint8Array ? given : Buffer.concat(given);
        blocks.put(cid, block);
        bytes += block.length;
      },
      adopt: async (root: CID, options: AdoptOptions) => {
        const dag: StoredDag = {
          dagId: BigInt(this.dags.size + 1),
          root: canonicalCid(root),
          size: bytes,
          carBytes: bytes,
          blocks: blocks.count,
          hot: true,
        };
        const id = await this.store(dag.root, options);
        this.dags.set(dag.root, dag);
        for (const entry of blocks.entries()) this.hot.put(entry.cid, entry.bytes);
        return { contentId: id, dag };
      },
      adoptAll: () => Promise.reject(new Error('not for pins')),
      restore: () => Promise.reject(new Error('not for pins')),
      abort: () => {
        this.aborted += 1;
        return Promise.resolve();
      },
    };
    return Promise.resolve(intake);
  }

  ensureSpace(): Promise<void> {
    return Promise.resolve();
  }

  find(root: CID): Promise<StoredDag | null> {
    return Promise.resolve(this.dags.get(canonicalCid(root)) ?? null);
  }

  runs(): Promise<DagRun[]> {
    return Promise.resolve([]);
  }

  async refer(root: CID, options: AdoptOptions): Promise<ContentId | null> {
    return this.dags.get(canonicalCid(root))?.hot ? await this.store(canonicalCid(root), options) : null;
  }

  private store(root: string, options: AdoptOptions): Promise<ContentId> {
    return this.transact(async (tx) => {
      const id = contentId(BigInt(this.contents.size + 1));
      await options.within?.(tx, id);
      this.contents.set(id, { ...options, root });
      return id;
    });
  }
}

/** Remembers what was let go. */
export class RecordedReleases extends ContentRelease {
  readonly released: ContentId[] = [];

  release(content: ContentId): Promise<void> {
    this.released.push(content);
    return Promise.resolve();
  }
}
