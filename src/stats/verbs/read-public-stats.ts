import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AccountFigures } from '../../accounts/index.js';
import { ContentFigures } from '../../content/index.js';
import { PublicDeals } from '../../deals/index.js';
import { PublicMiners } from '../../miners/index.js';
import { Clock } from '../../shared/index.js';
import { DagFigures } from '../../storage/index.js';
import { ReadTraffic } from './read-traffic.js';

/** As old as the headline numbers may be. */
const CACHE_MS = 2_000;

/** Names as the public API has them. */
export interface Totals {
  /** Bytes of all contents. */
  totalStorage: number;
  totalFilesStored: number;
  /** Blocks of all stored DAGs. */
  totalObjectsRef: number;
  totalBytesUploaded: number;
  /** Deals that were ever published; `dealsActive` are those sealed and alive. */
  dealsOnChain: number;
  dealsActive: number;
  totalUsers: number;
  totalStorageMiner: number;
  bytesOut: number;
}

/** The headline numbers, each recounted by the room that owns the rows. */
@Injectable()
export class CountTotals {
  constructor(
    private readonly contents: ContentFigures,
    private readonly dags: DagFigures,
    private readonly deals: PublicDeals,
    private readonly accounts: AccountFigures,
    private readonly miners: PublicMiners,
    private readonly traffic: ReadTraffic,
  ) {}

  /** Six questions at once; each room answers with one or two statements. */
  async run(): Promise<Totals> {
    const [stored, blocks, traffic, deals, users, miners] = await Promise.all([
      this.contents.totals(),
      this.dags.countBlocks(),
      this.traffic.trafficTotals(),
      this.deals.totals(),
      this.accounts.countUsers(),
      this.miners.count(),
    ]);
    return {
      totalStorage: stored.bytes,
      totalFilesStored: stored.contents,
      totalObjectsRef: blocks,
      totalBytesUploaded: traffic.uploaded,
      dealsOnChain: deals.onChain,
      dealsActive: deals.active,
      totalUsers: users,
      totalStorageMiner: miners,
      bytesOut: traffic.served,
    };
  }
}

/**
 * The headline numbers, counted at most every two seconds; `asOf` says when. A page that many people load never
 * counts rows for each of them.
 */
@Injectable()
export class ReadPublicStats {
  private readonly counted: LRUCache<'totals', { asOf: Date; totals: Totals }>;

  constructor(countTotals: CountTotals, clock: Clock) {
    this.counted = new LRUCache({
      max: 1,
      ttl: CACHE_MS,
      ttlResolution: 0,
      perf: { now: () => clock.monotonicMs() },
      fetchMethod: async () => {
        const asOf = clock.now();
        return { asOf, totals: await countTotals.run() };
      },
    });
  }

  /** A failed count is not kept: the next caller counts again. */
  async run(): Promise<{ asOf: Date; totals: Totals }> {
    return this.counted.forceFetch('totals');
  }
}
