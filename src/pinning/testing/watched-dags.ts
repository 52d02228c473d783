import type { NewContent } from '../../content/index.js';
import type { CID } from 'multiformats/cid';
import type { Tx } from '../../platform/prisma/index.js';
import type { ContentId } from '../../shared/index.js';
import type { DagIntake } from '../../storage/index.js';
import { InMemoryDagStore } from '../../storage/testing/in-memory-dag-store.js';

export type Transact = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/**
 * Storage's own fake, with places to look at and to stop at; what is done `within` gets a real transaction when one is
 * given.
 */
export class WatchedDags extends InMemoryDagStore {
  /** Intakes that pins began, and intakes that ended with abort. */
  begun = 0;
  aborted = 0;
  /** Each put waits for it: a slow disk, or a place to stop. */
  beforePut: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly transact: Transact = (work) => work({} as Tx)) {
    super();
  }

  override async begin(purpose: 'pin' | 'copy'): Promise<DagIntake<NewContent>> {
    if (purpose === 'pin') this.begun += 1;
    const intake = await super.begin(purpose);
    return Object.create(intake, {
      put: {
        value: async (...given: Parameters<DagIntake['put']>) => {
          await this.beforePut();
          await intake.put(...given);
        },
      },
      commit: { value: (root: CID, options: NewContent) => intake.commit(root, this.inTransaction(options)) },
      restore: { value: (root: CID) => intake.restore(root) },
      abort: {
        value: async () => {
          this.aborted += 1;
          await intake.abort();
        },
      },
      bytes: { get: () => intake.bytes },
    }) as DagIntake<NewContent>;
  }

  override addReference(root: CID, options: NewContent): Promise<ContentId | null> {
    return super.addReference(root, this.inTransaction(options));
  }

  private inTransaction({ within, ...options }: NewContent): NewContent {
    if (!within) return options;
    return { ...options, within: (_tx, id) => this.transact((tx) => within(tx, id)) };
  }
}
