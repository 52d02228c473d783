import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '../../platform/prisma/index.js';

/** One kind of measurement of one miner over the window. Times in ms, speed in bytes per second; null where nothing was measured. */
export interface KindFigures {
  miner: string;
  kind: string;
  count: bigint;
  ok: bigint;
  p50: number | null;
  p90: number | null;
  bytes: bigint;
  /** Bytes per second over all successful measurements of the kind that took time. */
  speed: number | null;
}

export interface FailureCount {
  phase: string | null;
  reason: string | null;
  count: bigint;
}

export interface DealCounts {
  miner: string;
  dealCount: bigint;
  errorCount: bigint;
  live: bigint;
  active: bigint;
}

/** A miner's performance, straight from the measurements: what the roll-ups and scores can be rebuilt from. */
@Injectable()
export class MinerFiguresQuery {
  constructor(private readonly db: Database) {}

  async byKind(since: Date, miner?: string): Promise<KindFigures[]> {
    const one = miner === undefined ? Prisma.empty : Prisma.sql`AND miner = ${miner}`;
    return this.db.$queryRaw<KindFigures[]>`
      SELECT miner, kind, count(*) AS count, count(*) FILTER (WHERE ok) AS ok,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE ok) AS p50,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY ms) FILTER (WHERE ok) AS p90,
        coalesce(sum(bytes), 0)::bigint AS bytes,
        (sum(bytes) FILTER (WHERE ok AND ms > 0) * 1000.0 / nullif(sum(ms) FILTER (WHERE ok AND ms > 0 AND bytes > 0), 0))::float8 AS speed
      FROM measurements WHERE miner IS NOT NULL AND at >= ${since} ${one}
      GROUP BY miner, kind ORDER BY miner, kind`;
  }

  async failures(miner: string, since: Date): Promise<FailureCount[]> {
    return this.db.$queryRaw<FailureCount[]>`
      SELECT phase, reason, count(*) AS count FROM measurements
      WHERE miner = ${miner} AND kind = 'failure' AND at >= ${since} GROUP BY 1, 2 ORDER BY 3 DESC`;
  }

  async dealCounts(miner?: string): Promise<DealCounts[]> {
    const one = miner === undefined ? Prisma.empty : Prisma.sql`WHERE miner = ${miner}`;
    return this.db.$queryRaw<DealCounts[]>`
      SELECT miner, count(*) AS "dealCount",
        count(*) FILTER (WHERE state IN ('failed', 'rejected', 'slashed')) AS "errorCount",
        count(*) FILTER (WHERE live) AS live,
        count(*) FILTER (WHERE state IN ('active', 'expiring')) AS active
      FROM deals ${one} GROUP BY miner`;
  }
}
