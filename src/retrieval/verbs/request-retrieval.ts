import { Inject, Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { DagStore } from '../../content/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { type RoomQueue, roomQueueToken } from '../../platform/queue/index.js';
import { canonicalCid, Clock, messageOf, type RetrievalId } from '../../shared/index.js';
import { DagUnknown } from '../domain/retrieval.errors.js';
import { retrievalQueue } from '../jobs/retrieval.queue.js';
import { RetrievalStore } from '../ports/retrieval-store.port.js';

/** Right after a failure the same answer is given again instead of asking every miner once more. */
const COOLING_MS = 2_000;

/** Asks for a DAG to be brought back. However many ask, one retrieval runs. */
@Injectable()
export class RequestRetrieval {
  constructor(
    private readonly store: RetrievalStore,
    private readonly dags: DagStore,
    @Inject(roomQueueToken(retrievalQueue)) private readonly queue: RoomQueue<typeof retrievalQueue.jobs>,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /** @throws DagUnknown when nothing stored here ever had this root. */
  async run(root: CID): Promise<RetrievalId> {
    const text = canonicalCid(root);
    if (!(await this.dags.find(root))) throw new DagUnknown(`nothing stored here has the root ${text}`);
    const last = await this.store.latest(text);
    if (last?.live) return last.id;
    if (last?.state === 'failed' && this.clock.now().getTime() - last.updatedAt.getTime() < COOLING_MS) return last.id;
    const { id, created, attempts } = await this.store.request(text);
    if (created)
      await this.queue.add('fetch', { retrievalId: id, attempts }).catch((error: unknown) => {
        // The row is there, so the sweep will find it.
        this.logger.warn({ retrievalId: id, error: messageOf(error) }, 'the queue did not take a retrieval');
      });
    return id;
  }
}
