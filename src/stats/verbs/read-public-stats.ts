import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { PublicStatsQuery, type Totals } from '../store/public-stats.query.js';

const CACHE_MS = 2_000;

/** The headline numbers, counted at most every two seconds; `asOf` says when. A page that many people load never counts rows for each of them. */
@Injectable()
export class ReadPublicStats {
  private cached: { asOf: Date; totals: Promise<Totals> } | undefined;

  constructor(
    private readonly query: PublicStatsQuery,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<{ asOf: Date; totals: Totals }> {
    const now = this.clock.now();
    if (!this.cached || now.getTime() - this.cached.asOf.getTime() > CACHE_MS) {
      const totals = this.query.totals();
      this.cached = { asOf: now, totals };
      // A failed count is not kept: the next caller counts again.
      totals.catch(() => {
        this.cached = undefined;
      });
    }
    const { asOf, totals } = this.cached;
    return { asOf, totals: await totals };
  }
}
