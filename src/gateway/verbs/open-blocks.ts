import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { RetrievalPending, Retrievals } from '../../retrieval/index.js';
import { Clock, type RetrievalId } from '../../shared/index.js';
import { NotCached, NotHere } from '../domain/gateway.errors.js';
import type { ReaderMemory } from '../domain/read-memory.js';
import { GatewayMemory, RequestBlocks } from '../domain/request-blocks.js';

/** A block that is awaited is looked for so often. */
const POLL_MS = 40;
/** What is known of a retrieval may be so old. */
const STATE_POLL_MS = 200;

/**
 * Gives a request the blocks of a DAG. What is not on this node, but once was, is retrieved, and its blocks are
 * handed on as they arrive.
 */
@Injectable()
export class OpenBlocks {
  /** One question on behalf of all who wait for a retrieval, repeated no sooner than its answer has aged. */
  private readonly isStored: LRUCache<RetrievalId, boolean>;

  constructor(
    private readonly hot: HotBlocks,
    private readonly dags: DagStore,
    private readonly retrievals: Retrievals,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly memory: GatewayMemory,
  ) {
    this.isStored = new LRUCache({
      max: 1000,
      ttl: STATE_POLL_MS,
      ttlResolution: 0,
      perf: { now: () => clock.monotonicMs() },
      fetchMethod: (id) => retrievals.isStored(id),
      ignoreFetchAbort: true,
    });
  }

  /**
   * Blocks of the DAG below `root`, for as long as the reader stays, as many as one request may read. `onlyCached`:
   * what is not here is refused, not fetched. `get` throws NotCached, NotHere, RetrievalFailed with the
   * reason of each miner, or RetrievalPending after GATEWAY_WAIT_SECONDS.
   */
  run(root: CID, reader: ReaderMemory, signal: AbortSignal, onlyCached: boolean): RequestBlocks {
    let retrieval: Promise<RetrievalId | null> | null = null;
    const wait = async (cid: CID): Promise<Uint8Array> => {
      if (onlyCached) throw new NotCached(`${cid.toString()} is not on this node`);
      retrieval ??= this.request(root);
      const id = await retrieval;
      if (id === null) return this.lastLook(cid);
      // By a clock that nobody sets: a reader waits so long, whatever the time of day becomes meanwhile.
      const until = this.clock.monotonicMs() + this.config.values.GATEWAY_WAIT_SECONDS * 1000;
      while (this.clock.monotonicMs() < until) {
        // Asked before the block: what is stored by then must be readable.
        const stored = await this.isStored.fetch(id);
        const bytes = await this.hot.get(cid);
        if (bytes) return bytes;
        if (stored) throw new NotHere(`${cid.toString()} is not part of what came back`);
        await this.clock.sleep(POLL_MS, signal);
      }
      throw new RetrievalPending(`${root.toString()} is being retrieved; ask again soon`, {
        details: { cid: root.toString(), retrievalId: id },
        retryAfterMs: 5_000,
      });
    };
    return new RequestBlocks({ find: (cid) => this.hot.get(cid), wait }, this.memory, reader, signal);
  }

  /** Null: there is nothing to wait for, as the DAG is hot or unknown. */
  private async request(root: CID): Promise<RetrievalId | null> {
    const dag = await this.dags.find(root);
    return !dag || dag.hot ? null : this.retrievals.request(root);
  }

  /** It may have come back between the first look and the question whether it is hot. */
  private async lastLook(cid: CID): Promise<Uint8Array> {
    const bytes = await this.hot.get(cid);
    if (!bytes) throw new NotHere(`this node does not have ${cid.toString()}`);
    return bytes;
  }
}
