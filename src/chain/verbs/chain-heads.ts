import { Injectable } from '@nestjs/common';
import { Clock, type Epoch } from '../../shared/index.js';
import { isFreshHead } from '../domain/fresh-head.js';
import { type ChainHead, ChainSource, type MarketDeal } from '../ports/chain-source.port.js';

/** The head for those who decide by it. */
export interface JudgedHead extends ChainHead {
  /** False: the node lags behind or was restored, and nothing may be given up, or promised, by what it says. */
  fresh: boolean;
}

/** Reads the head, never from memory, and says whether it can be trusted. */
@Injectable()
export class ChainHeads {
  private highest: Epoch = 0;

  constructor(
    private readonly source: ChainSource,
    private readonly clock: Clock,
  ) {}

  /** @throws ChainUnavailable */
  async read(signal?: AbortSignal): Promise<JudgedHead> {
    const head = await this.source.head(signal);
    const fresh = isFreshHead(head, this.highest, this.clock.now());
    if (fresh) this.highest = Math.max(this.highest, head.height);
    return { ...head, fresh };
  }

  /** Deals as that head has them: see ChainSource.marketDeals. @throws ChainUnavailable */
  async deals(ids: readonly bigint[], signal?: AbortSignal): Promise<ReadonlyMap<bigint, MarketDeal | null>> {
    return this.source.marketDeals(ids, signal);
  }
}
