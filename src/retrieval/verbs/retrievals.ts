import { Inject, Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { DagStore } from '../../storage/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { type RoomQueue, roomQueueToken } from '../../platform/queue/index.js';
import { canonicalCid, Clock, messageOf, type RetrievalId } from '../../shared/index.js';
import { DagUnknown, RetrievalFailed, RetrievalNotFound } from '../domain/retrieval.errors.js';
import type { Retrieval, RetrievalFigures, RetrievalTransition } from '../domain/retrieval.js';
import { retrievalQueue } from '../jobs/retrieval.queue.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';

/** Right after a failure the same answer is given again instead of asking every miner once more. */
const COOLING_MS = 2_000;
/** The rest waits for the next sweep. */
const SWEEP_BATCH = 100;

/** A retrieval and how it went, oldest first. */
export interface RetrievalTimeline {
  retrieval: Retrieval;
  transitions: RetrievalTransition[];
}

/** Asking for retrievals, and looking at what became of them. The work itself is done by a job in the worker. */
@Injectable()
export class Retrievals {
  constructor(
    private readonly store: PostgresRetrievalStore,
    private readonly dags: DagStore,
    @Inject(roomQueueToken(retrievalQueue)) private readonly queue: RoomQueue<typeof retrievalQueue.jobs>,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /**
   * Asks for a DAG to be retrieved. However many ask, one retrieval runs, and all get its id.
   * @throws DagUnknown when nothing stored here ever had this root.
   */
  async request(root: CID): Promise<RetrievalId> {
    const text = canonicalCid(root);
    if (!(await this.dags.find(root))) throw new DagUnknown(`nothing stored here has the root ${text}`);
    const last = await this.store.latest(text);
    if (last?.live) return last.id;
    // By how much the clocks of two processes differ, or one was set, must not become the time of this answer.
    const age = last && Math.abs(this.clock.now().getTime() - last.updatedAt.getTime());
    if (last?.state === 'failed' && age !== null && age < COOLING_MS) return last.id;
    const { id, created, attempts } = await this.store.request(text);
    if (created)
      await this.queue.add('fetch', { retrievalId: id, attempts }).catch((error: unknown) => {
        // The row is there, so the sweep will find it.
        this.logger.warn({ retrievalId: id, error: messageOf(error) }, 'the queue did not take a retrieval');
      });
    return id;
  }

  /** Hands retrievals to the queue that nobody works on: the queue forgot them, or their worker died. Says how many. */
  async sweep(): Promise<number> {
    const lost = await this.store.findUnleased(SWEEP_BATCH);
    if (lost.length > 0)
      await this.queue.addMany(
        'fetch',
        lost.map(({ id, attempts }) => ({ retrievalId: id, attempts })),
      );
    return lost.length;
  }

  /**
   * True when it is over and well, false while it runs.
   * @throws RetrievalFailed with the reason of each miner, RetrievalNotFound.
   */
  async isStored(id: RetrievalId): Promise<boolean> {
    const retrieval = await this.store.find(id);
    if (!retrieval) throw new RetrievalNotFound(`no retrieval ${id}`);
    if (retrieval.state === 'failed') throw new RetrievalFailed(retrieval.root, id, retrieval.reasons);
    return retrieval.state === 'stored';
  }

  /** @throws RetrievalNotFound */
  async byId(id: RetrievalId): Promise<RetrievalTimeline> {
    return this.timeline(await this.store.find(id));
  }

  /** The newest of this root. @throws RetrievalNotFound */
  async byRoot(root: CID): Promise<RetrievalTimeline> {
    return this.timeline(await this.store.latest(canonicalCid(root)));
  }

  /** Newest first. */
  async recent(limit: number): Promise<Retrieval[]> {
    return this.store.recent(limit);
  }

  /** Over all retrievals that there ever were. */
  async figures(): Promise<RetrievalFigures> {
    return this.store.figures();
  }

  private async timeline(retrieval: Retrieval | null): Promise<RetrievalTimeline> {
    if (!retrieval) throw new RetrievalNotFound('no such retrieval');
    return { retrieval, transitions: await this.store.transitions(retrieval.id) };
  }
}
