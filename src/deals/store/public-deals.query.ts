import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { COUNTS_BY_MINER, type MinerDealCounts, PAGES, PUBLIC_FAILURES, type PublicDeal, TOTALS } from './deals.sql.js';

/** Deals as everybody may see them, for rooms downstream that show them. */
@Injectable()
export class PublicDeals {
  constructor(private readonly database: Database) {}

  /** Deals that the chain has, and those of them that are proven. */
  async totals(): Promise<{ onChain: number; active: number }> {
    const [row] = await query(this.database, TOTALS, []);
    return { onChain: Number(row?.on_chain ?? 0), active: Number(row?.active ?? 0) };
  }

  /** How many deals each miner ever had; miners without any are not in the answer. */
  async countsByMiner(miner: string | null = null): Promise<Map<string, MinerDealCounts>> {
    const rows = await query(this.database, COUNTS_BY_MINER, [miner]);
    return new Map(
      rows.map((row) => [
        row.miner,
        {
          miner: row.miner,
          dealCount: Number(row.deals),
          errorCount: Number(row.errors),
          live: Number(row.live),
          active: Number(row.active),
        },
      ]),
    );
  }

  /** A miner's deals, newest first; `before` is the id of the last one seen. */
  async ofMiner(
    miner: string,
    page: { limit: number; before?: bigint | undefined },
    which: keyof typeof PAGES = 'all',
  ): Promise<PublicDeal[]> {
    return query(this.database, PAGES[which], [miner, page.before ?? null, page.limit]);
  }

  /** Deals with all miners that failed, were refused or slashed; `before` is the id of the last one seen. */
  async failures(page: { limit: number; before?: bigint | undefined }): Promise<PublicDeal[]> {
    return query(this.database, PUBLIC_FAILURES, [page.before ?? null, page.limit]);
  }
}
