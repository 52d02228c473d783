import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import {
  BANDWIDTH,
  type BandwidthHour,
  BY_KIND,
  type DealDay,
  DEALS_BY_DAY,
  EGRESS_OF,
  type FailureCount,
  FAILURES,
  type KindFigures,
  TRAFFIC_OF,
  TRAFFIC_TOTALS,
} from './figures.sql.js';

/** Figures out of this room's own tables: `measurements` and `bandwidth_hours`. Bytes and counts are exact. */
@Injectable()
export class PostgresFiguresStore {
  constructor(private readonly database: Database) {}

  /**
   * A miner's measurements since then, one row for each kind that has any: straight from the measurements, not from
   * roll-ups.
   */
  async byKind(miner: string, since: Date): Promise<KindFigures[]> {
    return query(this.database, BY_KIND, [miner, since]);
  }

  /** A miner's failures since then by phase and reason, the most frequent first. */
  async failures(miner: string, since: Date): Promise<FailureCount[]> {
    return query(this.database, FAILURES, [miner, since]);
  }

  /** What became of deals, by UTC day, oldest first, since the platform began. */
  async dealsByDay(): Promise<DealDay[]> {
    return query(this.database, DEALS_BY_DAY, []);
  }

  /** Bytes by hour, channel and direction, newest first. */
  async bandwidth(since: Date): Promise<BandwidthHour[]> {
    return query(this.database, BANDWIDTH, [since]);
  }

  /** Bytes that left for readers of one root (CIDv1 text). */
  async egressOf(root: string): Promise<{ bytes: number; requests: number }> {
    const [row] = await query(this.database, EGRESS_OF, [root]);
    return { bytes: Number(row?.bytes ?? 0), requests: Number(row?.requests ?? 0) };
  }

  /** Bytes of one account that arrived and left, on all channels. */
  async trafficOf(userId: string): Promise<{ bytesIn: number; bytesOut: number }> {
    const [row] = await query(this.database, TRAFFIC_OF, [userId]);
    return { bytesIn: Number(row?.received ?? 0), bytesOut: Number(row?.sent ?? 0) };
  }

  /** Bytes that were ever uploaded, and that the gateway ever served. */
  async trafficTotals(): Promise<{ uploaded: number; served: number }> {
    const [row] = await query(this.database, TRAFFIC_TOTALS, []);
    return { uploaded: Number(row?.uploaded ?? 0), served: Number(row?.served ?? 0) };
  }
}
