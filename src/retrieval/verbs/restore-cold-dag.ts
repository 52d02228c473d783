import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { DagStore } from '../../storage/index.js';
import { ColdDags } from '../../pinning/index.js';
import { Clock, type RetrievalId } from '../../shared/index.js';
import { DagUnknown, RetrievalFailed, RetrievalNotFound } from '../domain/retrieval.errors.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { Retrievals } from './retrievals.js';

/** The row of the retrieval is looked at so often. */
const POLL_MS = 200;

/**
 * Waits for a retrieval on behalf of a pin: one that runs already, or one of its own. It goes on when the one who
 * waits gives up: others may wait, too.
 */
@Injectable()
export class RestoreColdDag extends ColdDags {
  constructor(
    private readonly dags: DagStore,
    private readonly retrievals: Retrievals,
    private readonly store: PostgresRetrievalStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  /**
   * True: it is hot. False: there is no copy, here or at any miner. Idempotent.
   * @throws RetrievalFailed with the reasons of the miners; the signal's reason.
   */
  async restore(root: CID, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const dag = await this.dags.find(root);
    if (!dag || dag.hot) return dag !== null;
    const id = await this.request(root);
    return id !== null && this.outcome(id, signal);
  }

  /** Null: its last content was deleted a moment ago. */
  private async request(root: CID): Promise<RetrievalId | null> {
    try {
      return await this.retrievals.request(root);
    } catch (error) {
      if (error instanceof DagUnknown) return null;
      throw error;
    }
  }

  /** Waits for the end, however long it takes: retrievals have time limits of their own. */
  private async outcome(id: RetrievalId, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const retrieval = await this.store.find(id);
      if (!retrieval) throw new RetrievalNotFound(`no retrieval ${id}`);
      if (retrieval.state === 'stored') return true;
      if (retrieval.state === 'failed') {
        // No miner was ever known to hold it: then nobody could refuse it.
        if (retrieval.reasons.length > 0 && retrieval.reasons.every(({ source }) => source === 'locate')) return false;
        throw new RetrievalFailed(retrieval.root, id, retrieval.reasons);
      }
      await this.clock.sleep(POLL_MS, signal);
      signal.throwIfAborted();
    }
  }
}
