import { Injectable } from '@nestjs/common';
import { AccountFigures } from '../../accounts/index.js';
import { ContentFigures } from '../../content/index.js';
import { PublicMiners } from '../../miners/index.js';
import { PinCounts } from '../../pinning/index.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';

const KINDS = ['proposal', 'seal', 'failure', 'slash', 'retrieval'] as const;
/** What is before the last day that there can be is everything. */
const END = new Date('9999-12-31T00:00:00Z');

/** Estuary's headline numbers for operators (estuary.md 1.10), since the platform began. */
export interface AdminStats {
  totalDealsAttempted: number;
  totalDealsSuccessful: number;
  totalDealsFailed: number;
  numMiners: number;
  numUsers: number;
  numFiles: number;
  numRetrievals: number;
  numRetrievalFailures: number;
  /** Deals that failed, were refused or slashed. */
  numStorageFailures: number;
  /** Pins that wait or are on their way. */
  pinQueueSize: number;
}

/** Out of roll-ups and counts that are kept: nothing is counted while somebody waits. */
@Injectable()
export class ReadAdminStats {
  constructor(
    private readonly rollups: PostgresRollupStore,
    private readonly contents: ContentFigures,
    private readonly accounts: AccountFigures,
    private readonly miners: PublicMiners,
    private readonly pins: PinCounts,
  ) {}

  async run(): Promise<AdminStats> {
    const [rows, stored, numUsers, numMiners, pins] = await Promise.all([
      this.rollups.before('platform', '', END, KINDS),
      this.contents.totals(),
      this.accounts.countUsers(),
      this.miners.count(),
      this.pins.byStatus(),
    ]);
    const sum = (kind: string, field: 'count' | 'ok') =>
      Number(rows.filter((row) => row.kind === kind).reduce((all, row) => all + row[field], 0n));
    const failed = sum('failure', 'count');
    return {
      totalDealsAttempted: sum('proposal', 'count'),
      totalDealsSuccessful: sum('seal', 'count'),
      totalDealsFailed: failed,
      numMiners,
      numUsers,
      numFiles: stored.contents,
      numRetrievals: sum('retrieval', 'ok'),
      numRetrievalFailures: sum('retrieval', 'count') - sum('retrieval', 'ok'),
      numStorageFailures: failed + sum('slash', 'count'),
      pinQueueSize: pins.queued + pins.pinning,
    };
  }
}
