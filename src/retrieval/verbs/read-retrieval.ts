import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { canonicalCid, type RetrievalId } from '../../shared/index.js';
import { RetrievalFailed, RetrievalNotFound } from '../domain/retrieval.errors.js';
import type { Retrieval, RetrievalMoved } from '../domain/retrieval.js';
import { type RetrievalFigures, RetrievalStore } from '../ports/retrieval-store.port.js';

export interface RetrievalTimeline {
  retrieval: Retrieval;
  moves: RetrievalMoved[];
}

/** Retrievals for those who look at them. */
@Injectable()
export class ReadRetrieval {
  constructor(private readonly store: RetrievalStore) {}

  async byId(id: RetrievalId): Promise<RetrievalTimeline> {
    return this.timeline(await this.store.find(id));
  }

  /** The newest of this root. */
  async byRoot(root: CID): Promise<RetrievalTimeline> {
    return this.timeline(await this.store.latest(canonicalCid(root)));
  }

  async recent(limit: number): Promise<Retrieval[]> {
    return this.store.recent(limit);
  }

  async figures(): Promise<RetrievalFigures> {
    return this.store.figures();
  }

  /** True when it is over and well, false while it runs. @throws RetrievalFailed with the reason of each miner. */
  async isStored(id: RetrievalId): Promise<boolean> {
    const retrieval = await this.store.find(id);
    if (!retrieval) throw new RetrievalNotFound(`no retrieval ${id}`);
    if (retrieval.state === 'failed') throw new RetrievalFailed(retrieval.root, id, retrieval.reasons);
    return retrieval.state === 'stored';
  }

  private async timeline(retrieval: Retrieval | null): Promise<RetrievalTimeline> {
    if (!retrieval) throw new RetrievalNotFound('no such retrieval');
    return { retrieval, moves: await this.store.moves(retrieval.id) };
  }
}
