import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';

export interface Totals {
  totalStorage: bigint;
  totalFilesStored: bigint;
  totalObjectsRef: bigint;
  totalBytesUploaded: bigint;
  dealsOnChain: bigint;
  dealsActive: bigint;
  totalUsers: bigint;
  totalStorageMiner: bigint;
  bytesOut: bigint;
}

export interface DealDay {
  time: Date;
  dealsAttempted: bigint;
  dealsOnChain: bigint;
  dealsSealed: bigint;
  dealsFailed: bigint;
}

/** The public numbers, each recomputed from the tables that it speaks of. */
@Injectable()
export class PublicStatsQuery {
  constructor(private readonly db: Database) {}

  async totals(): Promise<Totals> {
    const rows = await this.db.$queryRaw<Totals[]>`
      SELECT
        (SELECT coalesce(sum(size), 0)::bigint FROM contents WHERE deleted_at IS NULL) AS "totalStorage",
        (SELECT count(*) FROM contents WHERE deleted_at IS NULL) AS "totalFilesStored",
        (SELECT coalesce(sum(blocks), 0)::bigint FROM dags) AS "totalObjectsRef",
        (SELECT coalesce(sum(bytes), 0)::bigint FROM bandwidth_hours WHERE channel = 'upload' AND direction = 'in') AS "totalBytesUploaded",
        (SELECT count(*) FROM deals WHERE chain_deal_id IS NOT NULL AND state IN ('published', 'active', 'expiring')) AS "dealsOnChain",
        (SELECT count(*) FROM deals WHERE state IN ('active', 'expiring')) AS "dealsActive",
        (SELECT count(*) FROM users) AS "totalUsers",
        (SELECT count(*) FROM miners) AS "totalStorageMiner",
        (SELECT coalesce(sum(bytes), 0)::bigint FROM bandwidth_hours WHERE channel = 'gateway' AND direction = 'out') AS "bytesOut"`;
    return rows[0] as Totals;
  }

  async dealsByDay(): Promise<DealDay[]> {
    return this.db.$queryRaw<DealDay[]>`
      SELECT date_trunc('day', at AT TIME ZONE 'UTC') AS time,
        count(*) FILTER (WHERE kind = 'proposal') AS "dealsAttempted",
        count(*) FILTER (WHERE kind = 'publish') AS "dealsOnChain",
        count(*) FILTER (WHERE kind = 'seal') AS "dealsSealed",
        count(*) FILTER (WHERE kind = 'failure') AS "dealsFailed"
      FROM measurements WHERE kind IN ('proposal', 'publish', 'seal', 'failure')
      GROUP BY 1 ORDER BY 1`;
  }

  /** Bytes by hour, channel and direction of the last `hours` hours, newest first. */
  async bandwidth(
    since: Date,
  ): Promise<{ hour: Date; channel: string; direction: string; bytes: bigint; requests: bigint }[]> {
    return this.db.$queryRaw`
      SELECT hour, channel, direction, sum(bytes)::bigint AS bytes, sum(requests)::bigint AS requests
      FROM bandwidth_hours WHERE hour >= ${since} GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3`;
  }

  /** Bytes that left for readers of one root. */
  async egressOf(root: string): Promise<{ bytes: bigint; requests: bigint }> {
    const rows = await this.db.$queryRaw<{ bytes: bigint; requests: bigint }[]>`
      SELECT coalesce(sum(bytes), 0)::bigint AS bytes, coalesce(sum(requests), 0)::bigint AS requests
      FROM bandwidth_hours WHERE subject = ${root} AND direction = 'out' AND channel IN ('gateway', 'bitswap')`;
    return rows[0] ?? { bytes: 0n, requests: 0n };
  }

  async usageOf(userId: string): Promise<{ totalSize: bigint; numPins: bigint; bytesIn: bigint; bytesOut: bigint }> {
    const rows = await this.db.$queryRaw<{ totalSize: bigint; numPins: bigint; bytesIn: bigint; bytesOut: bigint }[]>`
      SELECT
        (SELECT coalesce(sum(size), 0)::bigint FROM contents WHERE user_id = ${userId}::uuid AND deleted_at IS NULL) AS "totalSize",
        (SELECT count(*) FROM contents WHERE user_id = ${userId}::uuid AND deleted_at IS NULL) AS "numPins",
        (SELECT coalesce(sum(bytes), 0)::bigint FROM bandwidth_hours WHERE user_id = ${userId} AND direction = 'in') AS "bytesIn",
        (SELECT coalesce(sum(bytes), 0)::bigint FROM bandwidth_hours WHERE user_id = ${userId} AND direction = 'out') AS "bytesOut"`;
    return rows[0] as { totalSize: bigint; numPins: bigint; bytesIn: bigint; bytesOut: bigint };
  }
}
